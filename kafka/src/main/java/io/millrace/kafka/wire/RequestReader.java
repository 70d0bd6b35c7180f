package io.millrace.kafka.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the primitive types of Kafka's protocol from a frame, in place and without believing a
 * length or a count that the frame itself cannot hold (Kafka protocol guide, "Protocol Primitive
 * Types"; flexible encodings: KIP-482).
 *
 * <p>Confined to one thread. Every method throws {@link MalformedRequestException} when the bytes
 * do not hold what is asked for. The reader moves the buffer's reader index and owns nothing.
 */
public final class RequestReader {

  private final ByteBuf buffer;
  private final boolean flexible;

  /**
   * @param flexible true for API versions that use compact lengths and tagged fields
   */
  public RequestReader(ByteBuf buffer, boolean flexible) {
    this.buffer = buffer;
    this.flexible = flexible;
  }

  /** Bytes not yet read. */
  public int remaining() {
    return buffer.readableBytes();
  }

  public byte int8() {
    need(1);
    return buffer.readByte();
  }

  public short int16() {
    need(2);
    return buffer.readShort();
  }

  public int int32() {
    need(4);
    return buffer.readInt();
  }

  public long int64() {
    need(8);
    return buffer.readLong();
  }

  public UUID uuid() {
    need(16);
    return new UUID(buffer.readLong(), buffer.readLong());
  }

  /** An unsigned 32-bit number in groups of 7 bits. */
  public int unsignedVarint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte group = int8();
      value |= (group & 0x7f) << shift;
      if (group >= 0) {
        return value;
      }
    }
    throw new MalformedRequestException("a varint is longer than 5 bytes");
  }

  /** A string that must be there. */
  public String string() {
    String value = nullableString();
    if (value == null) {
      throw new MalformedRequestException("a string that must be there is null");
    }
    return value;
  }

  /** A string, or null. */
  public @Nullable String nullableString() {
    int length = flexible ? unsignedVarint() - 1 : int16();
    if (length == -1) {
      return null;
    }
    if (length > Short.MAX_VALUE) {
      throw new MalformedRequestException("a string of " + length + " bytes");
    }
    need(length);
    return buffer.readString(length, StandardCharsets.UTF_8);
  }

  /**
   * The number of elements of an array; -1 for null.
   *
   * @param elementBytes the least that one element takes on the wire: a count that could not fit
   *     into the rest of the frame is refused
   */
  public int arrayLength(int elementBytes) {
    int count = flexible ? unsignedVarint() - 1 : int32();
    if (count < -1 || (long) count * elementBytes > remaining()) {
      throw new MalformedRequestException(
          "an array claims " + count + " elements in the " + remaining() + " bytes left");
    }
    return count;
  }

  /**
   * Steps over a field of bytes and returns its length, or -1 for null. Afterwards its first byte
   * is {@link #position()} - length.
   */
  public int skipBytes() {
    int length = flexible ? unsignedVarint() - 1 : int32();
    if (length == -1) {
      return -1;
    }
    need(length);
    buffer.skipBytes(length);
    return length;
  }

  /** Index in the buffer of the next byte. */
  public int position() {
    return buffer.readerIndex();
  }

  /** Steps over the tagged fields that end a structure; nothing for versions that have none. */
  public void skipTags() {
    if (!flexible) {
      return;
    }
    int count = unsignedVarint();
    if (count < 0 || (long) count * 2 > remaining()) {
      throw new MalformedRequestException(count + " tagged fields in " + remaining() + " bytes");
    }
    for (int i = 0; i < count; i++) {
      unsignedVarint();
      skipTag();
    }
  }

  private void skipTag() {
    int size = unsignedVarint();
    need(size);
    buffer.skipBytes(size);
  }

  private void need(int bytes) {
    if (bytes < 0 || bytes > buffer.readableBytes()) {
      throw new MalformedRequestException(
          "a field of " + bytes + " bytes where " + buffer.readableBytes() + " are left");
    }
  }
}
