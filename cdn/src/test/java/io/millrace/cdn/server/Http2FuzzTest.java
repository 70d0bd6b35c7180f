package io.millrace.cdn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.cache.CdnLoop;
import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.core.Clock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Whatever bytes come behind the preface, the edge neither throws nor keeps a buffer. */
class Http2FuzzTest {

  private static final Origin ANY =
      new Origin() {
        @Override
        public OriginCall fetch(OriginRequest request, ResponseListener listener) {
          assertThat(request.target().path()).startsWith("/");
          listener.onHead(new ResponseHead(200, Fields.of("Cache-Control", "no-store")));
          listener.onBody(Unpooled.copiedBuffer("body", StandardCharsets.US_ASCII));
          listener.onEnd();
          return OriginCall.DONE;
        }
      };

  @FuzzTest
  void anyFramesAreAnsweredOrRefused(byte[] bytes) {
    Clock clock = Clock.system();
    RouteTable routes = new RouteTable(List.of(new Route("*", "/", ANY, CachePolicy.DEFAULT)));
    EdgeFigures figures = new EdgeFigures();
    EdgeContext edge =
        new EdgeContext(
            clock,
            EdgeLimits.DEFAULT,
            Http2Limits.DEFAULT,
            new HttpCache(clock, 1 << 20, 10, CdnLoop.unique(), new PurgeTable()),
            () -> routes,
            figures,
            new AtomicInteger(),
            EdgeFront.NONE);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(
            Http2EdgeConnection.on(
                channel, edge, new LoopConnections(channel.eventLoop(), clock), false));
    ByteBuf first = Unpooled.wrappedBuffer(Frames.PREFACE);
    channel.writeInbound(first);
    ByteBuf rest = Unpooled.wrappedBuffer(bytes);
    channel.writeInbound(rest);
    channel.checkException();
    channel.finishAndReleaseAll();
    if (bytes.length > 0) {
      assertThat(rest.refCnt()).isZero();
    }
  }
}
