package io.millrace.cdn.server;

import io.millrace.cdn.http2.FieldBlock;
import io.millrace.cdn.http2.HpackWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What goes to the client of an HTTP/2 connection: heads and data of its streams, as far as each
 * still takes them, and the windows by which the client may send more. It goes out at once, or with
 * the end of the read that is under way. Confined to the connection's loop.
 */
final class Http2Output {

  private final Http2ConnectionHandler handler;
  private final ChannelHandlerContext context;
  private final Http2ClientStreams streams;
  private final EdgeContext edge;
  private final boolean secure;
  private final Http2HeadWriter head = new Http2HeadWriter();
  private final FieldBlock fields = new FieldBlock();
  private boolean inRead;

  /**
   * @param context where the handler is in its pipeline
   * @param secure whether the connection runs over TLS
   */
  Http2Output(
      Http2ConnectionHandler handler,
      ChannelHandlerContext context,
      Http2ClientStreams streams,
      EdgeContext edge,
      boolean secure) {
    this.handler = handler;
    this.context = context;
    this.streams = streams;
    this.edge = edge;
    this.secure = secure;
  }

  ChannelHandlerContext context() {
    return context;
  }

  /** A read is under way: what is written goes out with its end. */
  void readBegins() {
    inRead = true;
  }

  /** The read is over, and whoever reads flushes. */
  void readEnds() {
    inRead = false;
  }

  // ---- heads ----

  ByteBuf buffer(int bytes) {
    return context.alloc().buffer(bytes);
  }

  /**
   * Begins the head of an answer, which is to be sent or dropped before another begins.
   *
   * @param bytes that it will take about; only a hint
   */
  HeadWriter head(int bytes) {
    return head.begin(buffer(Math.min(bytes, 512)));
  }

  /** Sends the head that was begun; the last that goes on the stream if there is no body. */
  void sendHead(Http2Stream stream, boolean last) {
    String transportSecurity = edge.front().strictTransportSecurity();
    if (transportSecurity != null && secure) {
      head.field("strict-transport-security", transportSecurity);
    }
    sendBlock(stream, head.status(), head.end(), last);
  }

  /** Drops the head that was begun. */
  void dropHead() {
    head.end().release();
  }

  /** Sends a 100, which asks for the body of the stream's request. */
  void sendContinue(Http2Stream stream) {
    ByteBuf block = buffer(8);
    HpackWriter.status(100, block);
    sendBlock(stream, 100, block, false);
    flushSoon();
  }

  private void sendBlock(Http2Stream stream, int status, ByteBuf block, boolean last) {
    try {
      if (mayWrite(stream)) {
        edge.figures().bytesSent.add(block.readableBytes() + Http2CodecUtil.FRAME_HEADER_LENGTH);
        ChannelFuture written =
            handler
                .encoder()
                .writeHeaders(
                    context, stream.id(), fields.of(status, block), 0, last, context.newPromise());
        if (last) {
          afterLast(stream, written);
        }
      }
    } finally {
      block.release();
    }
  }

  // ---- data ----

  /** Sends a piece of a body, and owns it from here on. */
  void write(Http2Stream stream, ByteBuf piece) {
    if (mayWrite(stream)) {
      var unused =
          handler.encoder().writeData(context, stream.id(), piece, 0, false, context.newPromise());
    } else {
      piece.release();
    }
  }

  /** Sends the last piece of a body, which may be empty. */
  void writeLast(Http2Stream stream, ByteBuf piece) {
    if (mayWrite(stream)) {
      afterLast(
          stream,
          handler.encoder().writeData(context, stream.id(), piece, 0, true, context.newPromise()));
    } else {
      piece.release();
    }
  }

  private static boolean mayWrite(Http2Stream stream) {
    return switch (stream.state()) {
      case OPEN, HALF_CLOSED_REMOTE -> true;
      default -> false;
    };
  }

  /** RFC 9113, section 8.1: who has answered need not hear the request out. */
  private void afterLast(Http2Stream stream, ChannelFuture written) {
    Http2ClientStream own = streams.of(stream);
    if (own == null || own.isRequestRead()) {
      return;
    }
    written.addListener(
        sent -> {
          if (sent.isSuccess() && !own.isRequestRead()) {
            reset(stream, Http2Error.NO_ERROR);
          }
        });
  }

  /** Ends a stream at once. */
  void reset(Http2Stream stream, Http2Error why) {
    var unused = handler.resetStream(context, stream.id(), why.code(), context.newPromise());
    flushSoon();
  }

  /** Sends what was written, at once or with the end of the read that is under way. */
  void flushSoon() {
    if (!inRead) {
      handler.flush(context);
    }
  }

  // ---- windows ----

  boolean isWritable(Http2Stream stream) {
    return handler.connection().remote().flowController().isWritable(stream);
  }

  /** Whether data waits for the client to open a window. */
  boolean hasUnsent(Http2Stream stream) {
    return handler.connection().remote().flowController().hasFlowControlled(stream);
  }

  /** The client may send this many bytes more. */
  void consumed(Http2Stream stream, int bytes) {
    if (bytes == 0) {
      return;
    }
    try {
      if (handler.connection().local().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      handler.onError(context, true, e);
    }
  }
}
