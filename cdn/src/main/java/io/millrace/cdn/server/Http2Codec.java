package io.millrace.cdn.server;

import io.millrace.cdn.http2.FieldBlock;
import io.millrace.cdn.http2.FrameBudget;
import io.millrace.cdn.http2.GuardedFrameReader;
import io.millrace.cdn.http2.Http2Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Netty's codec of one HTTP/2 connection, set up so that it holds the edge's limits from the first
 * frame on.
 *
 * @param settings what the client is told of the limits
 * @param budget what the client may still make the edge do for nothing
 * @param streams the requests of the connection
 */
record Http2Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    FrameBudget budget,
    Http2ClientStreams streams) {

  /** For a new connection. */
  static Http2Codec of(EdgeContext edge) {
    Http2Limits limits = edge.http2();
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
    DefaultHttp2RemoteFlowController windows =
        new DefaultHttp2RemoteFlowController(
            connection, new UniformStreamByteDistributor(connection));
    connection.remote().flowController(windows);
    // From the first frame on: the codec waits for the client to acknowledge our settings, and who
    // never does would be bounded by nothing.
    connection.remote().maxActiveStreams(limits.maxStreams());
    FrameBudget budget = new FrameBudget(limits, edge.clock());
    Http2ClientStreams streams = new Http2ClientStreams(connection);
    // Fields count 32 bytes more here than their text (RFC 9113, section 6.5.2).
    long fieldBytes = edge.limits().head().headBytes() + 32L * edge.limits().head().fieldLines();
    DefaultHttp2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new Writer(connection, streams, edge.figures()));
    DefaultHttp2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection, encoder, new GuardedFrameReader(fieldBytes, budget));
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.maxStreams())
            .initialWindowSize(limits.streamWindowBytes())
            .maxHeaderListSize(fieldBytes);
    return new Http2Codec(decoder, encoder, settings, budget, streams);
  }

  /** Counts the data that goes out, and tells each stream what of its own has. */
  private static final class Writer extends DefaultHttp2FrameWriter {

    private final Http2Connection connection;
    private final Http2ClientStreams streams;
    private final EdgeFigures figures;

    Writer(Http2Connection connection, Http2ClientStreams streams, EdgeFigures figures) {
      super(new FieldBlock.Encoder());
      this.connection = connection;
      this.streams = streams;
      this.figures = figures;
    }

    @Override
    public ChannelFuture writeData(
        ChannelHandlerContext ctx,
        int streamId,
        ByteBuf data,
        int padding,
        boolean endStream,
        ChannelPromise promise) {
      Http2Stream stream = connection.stream(streamId);
      if (stream != null) {
        figures.bytesSent.add(data.readableBytes() + Http2CodecUtil.FRAME_HEADER_LENGTH);
        Http2ClientStream own = streams.of(stream);
        if (own != null) {
          own.progressed();
        }
      }
      return super.writeData(ctx, streamId, data, padding, endStream, promise);
    }
  }
}
