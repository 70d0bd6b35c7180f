package io.millrace.broker.group.consumer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link CompactWriter} writes. A length is held against what is there before anything
 * is allocated by it: {@link BufferUnderflowException} or {@link IllegalArgumentException}.
 */
final class CompactReader {

  private static final int MOST_VARINT_SHIFT = 28;

  private final ByteBuffer in;

  CompactReader(ByteBuffer in) {
    this.in = in;
  }

  byte i8() {
    return in.get();
  }

  short i16() {
    return in.getShort();
  }

  int i32() {
    return in.getInt();
  }

  long i64() {
    return in.getLong();
  }

  /** An unsigned varint that fits an int. */
  int count() {
    int value = 0;
    for (int shift = 0; shift <= MOST_VARINT_SHIFT; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        if (value < 0) {
          break;
        }
        return value;
      }
    }
    throw new IllegalArgumentException("a record of a consumer group has a bad count");
  }

  /** The size of a list whose elements have at least the given bytes. */
  int size(int leastBytes) {
    int elements = count() - 1;
    if (elements < 0 || elements > in.remaining() / leastBytes) {
      throw new IllegalArgumentException(
          "a record of a consumer group claims " + elements + " elements");
    }
    return elements;
  }

  String text() {
    String text = textOrNull();
    if (text == null) {
      throw new IllegalArgumentException("a record of a consumer group lacks a text");
    }
    return text;
  }

  @Nullable String textOrNull() {
    int length = count() - 1;
    return length < 0 ? null : new String(take(length), StandardCharsets.UTF_8);
  }

  String shortText() {
    int length = in.getShort();
    if (length < 0) {
      throw new IllegalArgumentException("a record of a consumer group lacks a text");
    }
    return new String(take(length), StandardCharsets.UTF_8);
  }

  /** The tagged fields of 8 bytes; others are passed over. */
  Map<Integer, Long> tags() {
    int count = count();
    Map<Integer, Long> tags = new HashMap<>();
    for (int i = 0; i < count; i++) {
      int tag = count();
      int bytes = count();
      if (bytes > in.remaining()) {
        throw new BufferUnderflowException();
      }
      if (bytes == Long.BYTES) {
        tags.put(tag, in.getLong());
      } else {
        in.position(in.position() + bytes);
      }
    }
    return tags;
  }

  /** One of the tagged fields, which are read to their end. */
  long tag(int tag, long otherwise) {
    return tags().getOrDefault(tag, otherwise);
  }

  private byte[] take(int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
