package io.millrace.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the primitive types of Kafka's protocol into a buffer that grows as needed. Confined to
 * one thread; owns nothing.
 */
public final class ResponseWriter {

  private final ByteBuf buffer;
  private final boolean flexible;

  /**
   * @param flexible true for API versions that use compact lengths and tagged fields
   */
  public ResponseWriter(ByteBuf buffer, boolean flexible) {
    this.buffer = buffer;
    this.flexible = flexible;
  }

  public void int16(int value) {
    buffer.writeShort(value);
  }

  public void int32(int value) {
    buffer.writeInt(value);
  }

  public void int64(long value) {
    buffer.writeLong(value);
  }

  public void uuid(UUID value) {
    buffer.writeLong(value.getMostSignificantBits());
    buffer.writeLong(value.getLeastSignificantBits());
  }

  /** A string, or null. */
  public void string(@Nullable String value) {
    if (value == null) {
      lengthOrNull(-1);
      return;
    }
    int bytes = ByteBufUtil.utf8Bytes(value);
    lengthOrNull(bytes);
    ByteBufUtil.reserveAndWriteUtf8(buffer, value, bytes);
  }

  private void lengthOrNull(int length) {
    if (flexible) {
      unsignedVarint(length + 1);
    } else {
      buffer.writeShort(length);
    }
  }

  /** The count of an array, or the length of a field of bytes; -1 for null. */
  public void count(int count) {
    if (flexible) {
      unsignedVarint(count + 1);
    } else {
      buffer.writeInt(count);
    }
  }

  /** Ends a structure that has no tagged fields to say. */
  public void noTags() {
    if (flexible) {
      buffer.writeByte(0);
    }
  }

  private void unsignedVarint(int value) {
    while ((value & ~0x7f) != 0) {
      buffer.writeByte((value & 0x7f) | 0x80);
      value >>>= 7;
    }
    buffer.writeByte(value);
  }
}
