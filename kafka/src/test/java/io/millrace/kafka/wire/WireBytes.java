package io.millrace.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** Bytes of messages as Kafka's own client library writes them. */
public final class WireBytes {

  private WireBytes() {}

  /** The message's body in the given version, without a header. */
  public static ByteBuf of(Message message, short version) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(bytes), cache, version);
    return Unpooled.wrappedBuffer(bytes.flip());
  }

  /** Changes some bytes, and cuts some off at the end. */
  public static void damage(ByteBuf bytes, Random random) {
    if (!bytes.isReadable()) {
      return;
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes.setByte(random.nextInt(bytes.readableBytes()), random.nextInt(256));
    }
    if (random.nextInt(3) == 0) {
      bytes.writerIndex(random.nextInt(bytes.readableBytes()));
    }
  }
}
