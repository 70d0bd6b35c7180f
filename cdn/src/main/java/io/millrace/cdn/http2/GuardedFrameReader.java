package io.millrace.cdn.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames, and counts those of every kind that can be sent for nothing before
 * anything is done about them, also for streams that are long gone.
 */
public final class GuardedFrameReader implements Http2FrameReader {

  private final Http2FrameReader reader;
  private final FrameBudget budget;
  private @Nullable Http2FrameListener listener;
  private @Nullable Http2FrameListener counting;

  /**
   * @param maxFieldBytes of the fields of a head, with 32 for each (RFC 9113, section 6.5.2)
   */
  public GuardedFrameReader(long maxFieldBytes, FrameBudget budget) {
    this.reader =
        new DefaultHttp2FrameReader(
            new DefaultHttp2HeadersDecoder(true, true, maxFieldBytes),
            Http2Limits.MAX_SMALL_CONTINUATIONS);
    this.budget = budget;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener to)
      throws Http2Exception {
    Http2FrameListener guard = counting;
    if (guard == null || !to.equals(listener)) {
      guard = new Counting(to);
      listener = to;
      counting = guard;
    }
    reader.readFrame(ctx, input, guard);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private final class Counting extends Http2FrameListenerDecorator {

    Counting(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
        throws Http2Exception {
      if (!endOfStream && !data.isReadable()) {
        budget.countControlFrame();
      }
      return super.onDataRead(ctx, streamId, data, padding, endOfStream);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      budget.countControlFrame();
      super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
        throws Http2Exception {
      budget.countReset();
      super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      budget.countControlFrame();
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
      budget.countControlFrame();
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      budget.countControlFrame();
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      budget.countControlFrame();
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      budget.countControlFrame();
      super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
    }
  }
}
