package io.millrace.cdn.origin;

import io.millrace.cdn.http.BodyReader;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HeadReader;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an origin for one request that switches to another protocol. It is in no pool:
 * once switched it belongs to whoever asked, else it ends with the response.
 */
final class UpgradeConnection extends ChannelInboundHandlerAdapter implements OriginCall {

  private final HttpOrigin origin;
  private final OriginRequest request;
  private final String protocol;
  private final UpgradeListener listener;
  private final HeadReader heads;
  private @Nullable Channel channel;
  private @Nullable BodyReader body;
  private @Nullable ScheduledFuture<?> deadline;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private boolean over;

  UpgradeConnection(
      HttpOrigin origin, OriginRequest request, String protocol, UpgradeListener listener) {
    this.origin = origin;
    this.request = request;
    this.protocol = protocol;
    this.listener = listener;
    this.heads = new HeadReader(origin.limits());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    if (over) {
      close();
      return;
    }
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  fail(new HttpError(504, "the origin did not answer in time"));
                  close();
                },
                origin.settings().responseTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
    var unused =
        context.writeAndFlush(
            RequestWriter.head(context.alloc(), request, origin.settings().hostHeader(), protocol));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    received =
        ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, (ByteBuf) message);
    try {
      decode(context);
    } catch (HttpError e) {
      fail(new HttpError(502, e.sentence()));
      close();
    }
  }

  private void decode(ChannelHandlerContext context) throws HttpError {
    while (body == null && !over) {
      ResponseHead head = heads.readResponse(received);
      if (head == null) {
        return;
      }
      if (head.status() == 101) {
        switchOver(context, head);
        return;
      }
      if (head.status() >= 200) {
        answered();
        body = new BodyReader(Framing.ofResponse(head, request.method()));
        listener.onHead(head);
      }
    }
    BodyReader reader = body;
    if (reader == null || over) {
      return;
    }
    for (ByteBuf piece = reader.next(received); piece != null; piece = reader.next(received)) {
      if (over) {
        piece.release();
      } else {
        listener.onBody(piece);
      }
    }
    if (reader.isDone()) {
      end();
    }
  }

  private void switchOver(ChannelHandlerContext context, ResponseHead head) throws HttpError {
    if (!head.fields().hasToken("upgrade", protocol)) {
      throw new HttpError(502, "the origin switches to another protocol than it was asked for");
    }
    answered();
    over = true;
    ByteBuf first = received;
    received = Unpooled.EMPTY_BUFFER;
    context.channel().config().setAutoRead(false);
    context.pipeline().remove(this);
    listener.onSwitched(head, context.channel(), first);
  }

  private void answered() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void end() {
    if (!over) {
      over = true;
      listener.onEnd();
    }
    close();
  }

  void fail(HttpError failure) {
    if (!over) {
      over = true;
      listener.onFailure(failure);
    }
  }

  private void close() {
    if (channel != null) {
      var unused = channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    answered();
    if (body != null && body.endsWithConnection()) {
      end();
    }
    fail(new HttpError(502, "the origin closed the connection before its response was complete"));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    received.release();
    received = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close();
  }

  // ---- steering; there is no body to be sent ----

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void send(ByteBuf piece) {
    piece.release();
  }

  @Override
  public void sendEnd() {}

  @Override
  public void pause() {
    setReading(false);
  }

  @Override
  public void resume() {
    setReading(true);
  }

  private void setReading(boolean on) {
    if (channel != null) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  public void cancel() {
    over = true;
    close();
  }
}
