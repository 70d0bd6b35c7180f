package io.millrace.amqp.wire;

import io.millrace.broker.queue.Message;
import io.netty.buffer.ByteBuf;

/**
 * Frames as they are written: {@code type u8 · channel u16 · size u32 · payload · 0xCE}.
 *
 * <pre>
 *   int frame = Frames.method(out, channel, Methods.QUEUE_PURGE_OK);
 *   out.writeInt(count);
 *   Frames.end(out, frame);
 * </pre>
 */
public final class Frames {

  public static final int METHOD = 1;
  public static final int HEADER = 2;
  public static final int BODY = 3;
  public static final int HEARTBEAT = 8;

  /** What ends a frame. */
  public static final byte END = (byte) 0xCE;

  /** Bytes before the payload. */
  public static final int PREFIX_BYTES = 7;

  /** Bytes around the payload. */
  public static final int OVERHEAD_BYTES = PREFIX_BYTES + 1;

  private Frames() {}

  /** Begins a method's frame; its arguments follow, then {@link #end}. */
  public static int method(ByteBuf out, int channel, int method) {
    int frame = begin(out, METHOD, channel);
    out.writeInt(method);
    return frame;
  }

  /** A method without arguments. */
  public static void emptyMethod(ByteBuf out, int channel, int method) {
    end(out, method(out, channel, method));
  }

  private static int begin(ByteBuf out, int type, int channel) {
    int frame = out.writerIndex();
    out.writeByte(type).writeShort(channel).writeInt(0);
    return frame;
  }

  /** Ends the frame that began there. */
  public static void end(ByteBuf out, int frame) {
    out.setInt(frame + 3, out.writerIndex() - frame - PREFIX_BYTES);
    out.writeByte(END);
  }

  /** A heartbeat. */
  public static void heartbeat(ByteBuf out) {
    end(out, begin(out, HEARTBEAT, 0));
  }

  /** A message's header and body, the latter in frames of {@code frameMax} bytes at most. */
  public static void content(ByteBuf out, int channel, Message message, int frameMax) {
    byte[] body = message.body();
    int frame = begin(out, HEADER, channel);
    out.writeShort(Methods.BASIC_CLASS).writeShort(0).writeLong(body.length);
    out.writeBytes(message.properties().encoded());
    end(out, frame);
    int most = frameMax - OVERHEAD_BYTES;
    for (int at = 0; at < body.length; at += most) {
      int bodyFrame = begin(out, BODY, channel);
      out.writeBytes(body, at, Math.min(most, body.length - at));
      end(out, bodyFrame);
    }
  }
}
