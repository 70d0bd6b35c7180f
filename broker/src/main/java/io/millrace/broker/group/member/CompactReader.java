package io.millrace.broker.group.member;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link CompactWriter} writes. A length is held against what is there before anything
 * is allocated by it: {@link BufferUnderflowException} or {@link IllegalArgumentException}.
 */
public final class CompactReader {

  private static final int MOST_VARINT_SHIFT = 28;

  private final ByteBuffer in;

  /** Reads from the buffer's position on. */
  public CompactReader(ByteBuffer in) {
    this.in = in;
  }

  /** One byte. */
  public byte i8() {
    return in.get();
  }

  /** Two bytes. */
  public short i16() {
    return in.getShort();
  }

  /** Four bytes. */
  public int i32() {
    return in.getInt();
  }

  /** Eight bytes. */
  public long i64() {
    return in.getLong();
  }

  /** An unsigned varint that fits an int. */
  public int count() {
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
    throw new IllegalArgumentException("a record of a group has a bad count");
  }

  /** The size of a list whose elements have at least the given bytes. */
  public int size(int leastBytes) {
    int elements = count() - 1;
    if (elements < 0 || elements > in.remaining() / leastBytes) {
      throw new IllegalArgumentException("a record of a group claims " + elements + " elements");
    }
    return elements;
  }

  /** A text. */
  public String text() {
    String text = textOrNull();
    if (text == null) {
      throw new IllegalArgumentException("a record of a group lacks a text");
    }
    return text;
  }

  /** A text, or null. */
  public @Nullable String textOrNull() {
    int length = count() - 1;
    return length < 0 ? null : new String(take(length), StandardCharsets.UTF_8);
  }

  /** A set of texts. */
  public Set<String> texts() {
    int count = size(1);
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < count; i++) {
      texts.add(text());
    }
    return Set.copyOf(texts);
  }

  /** A text with a length of 16 bits. */
  public String shortText() {
    int length = in.getShort();
    if (length < 0) {
      throw new IllegalArgumentException("a record of a group lacks a text");
    }
    return new String(take(length), StandardCharsets.UTF_8);
  }

  /** The tagged fields, each with its own bytes. */
  public Map<Integer, CompactReader> fields() {
    int count = count();
    Map<Integer, CompactReader> fields = new HashMap<>();
    for (int i = 0; i < count; i++) {
      int tag = count();
      int bytes = count();
      if (bytes > in.remaining()) {
        throw new BufferUnderflowException();
      }
      fields.put(tag, new CompactReader(in.slice(in.position(), bytes)));
      in.position(in.position() + bytes);
    }
    return fields;
  }

  /** The tagged fields of 4 and 8 bytes; others are passed over. */
  public Map<Integer, Long> tags() {
    Map<Integer, Long> tags = new HashMap<>();
    fields()
        .forEach(
            (tag, field) -> {
              int bytes = field.in.remaining();
              if (bytes == Long.BYTES) {
                tags.put(tag, field.i64());
              } else if (bytes == Integer.BYTES) {
                tags.put(tag, (long) field.i32());
              }
            });
    return tags;
  }

  /** One of the tagged fields, which are read to their end. */
  public long tag(int tag, long otherwise) {
    return tags().getOrDefault(tag, otherwise);
  }

  /** The same of 4 bytes. */
  public int intTag(int tag, int otherwise) {
    return tags().getOrDefault(tag, (long) otherwise).intValue();
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
