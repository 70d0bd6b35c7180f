package io.millrace.bench.amqp;

import static io.millrace.bench.amqp.LeanConnection.BASIC_PUBLISH;
import static io.millrace.bench.amqp.LeanConnection.BODY;
import static io.millrace.bench.amqp.LeanConnection.FRAME_END;
import static io.millrace.bench.amqp.LeanConnection.HEADER;
import static io.millrace.bench.amqp.LeanConnection.METHOD;
import static io.millrace.bench.amqp.LeanConnection.PREFIX_BYTES;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Messages as the bytes that publish them, made once and sent over and over.
 *
 * <p>{@link #slice} gives any run of them; after the last one comes the first one again.
 */
final class PublishFrames {

  private static final int BASIC_CLASS = 60;
  private static final short DELIVERY_MODE_FLAG = 1 << 12;
  private static final int OVERHEAD_BYTES = 80;

  private final ByteBuffer bytes;
  private final int[] starts;

  /**
   * One message for each routing key.
   *
   * @param keys of one length or of many
   */
  PublishFrames(String exchange, List<String> keys, int bodyBytes, boolean persistent) {
    int size = 0;
    for (String key : keys) {
      size += OVERHEAD_BYTES + exchange.length() + key.length() + bodyBytes;
    }
    bytes = ByteBuffer.allocateDirect(size);
    starts = new int[keys.size() + 1];
    for (int i = 0; i < keys.size(); i++) {
      starts[i] = bytes.position();
      put(exchange, keys.get(i), bodyBytes, persistent);
    }
    starts[keys.size()] = bytes.position();
  }

  private void put(String exchange, String key, int bodyBytes, boolean persistent) {
    int frame = begin(METHOD);
    bytes.putInt(BASIC_PUBLISH).putShort((short) 0);
    LeanConnection.putShortText(bytes, exchange);
    LeanConnection.putShortText(bytes, key);
    bytes.put((byte) 0);
    end(frame);
    frame = begin(HEADER);
    bytes.putShort((short) BASIC_CLASS).putShort((short) 0).putLong(bodyBytes);
    bytes.putShort(DELIVERY_MODE_FLAG).put((byte) (persistent ? 2 : 1));
    end(frame);
    frame = begin(BODY);
    bytes.put(new byte[bodyBytes]);
    end(frame);
  }

  private int begin(byte type) {
    int at = bytes.position();
    bytes.put(type).putShort((short) 1).putInt(0);
    return at;
  }

  private void end(int at) {
    bytes.putInt(at + 3, bytes.position() - at - PREFIX_BYTES);
    bytes.put(FRAME_END);
  }

  /** How many there are. */
  int count() {
    return starts.length - 1;
  }

  /**
   * The bytes of {@code most} messages from the one with that index on, or of those up to the last
   * one; the buffer is valid until the next call.
   */
  ByteBuffer slice(int from, int most) {
    return bytes.limit(starts[Math.min(count(), from + most)]).position(starts[from]);
  }
}
