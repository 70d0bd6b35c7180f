package io.millrace.broker.group.member;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes Kafka's compact forms (KIP-482): a count as an unsigned varint, a length as its successor,
 * 0 for null; numbers big-endian.
 */
public final class CompactWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  /** One byte. */
  public CompactWriter i8(int value) {
    out.write(value);
    return this;
  }

  /** Two bytes. */
  public CompactWriter i16(int value) {
    return i8(value >> 8).i8(value);
  }

  /** Four bytes. */
  public CompactWriter i32(int value) {
    return i16(value >> 16).i16(value);
  }

  /** Eight bytes. */
  public CompactWriter i64(long value) {
    return i32((int) (value >> 32)).i32((int) value);
  }

  /** An unsigned varint. */
  public CompactWriter count(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      i8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return i8(rest);
  }

  /** The size of a list that follows. */
  public CompactWriter size(int elements) {
    return count(elements + 1);
  }

  /** A text, or null. */
  public CompactWriter text(@Nullable String text) {
    if (text == null) {
      return count(0);
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    size(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  /** Texts, in their order. */
  public CompactWriter texts(Set<String> texts) {
    size(texts.size());
    new TreeSet<>(texts).forEach(this::text);
    return this;
  }

  /** A text in the form from before KIP-482, with a length of 16 bits. */
  public CompactWriter shortText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a text of " + utf8.length + " bytes does not fit a record's key");
    }
    i16(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  /** A tagged field: the number of its bytes, and what was written into another. */
  public CompactWriter nested(CompactWriter field) {
    count(field.out.size());
    out.writeBytes(field.out.toByteArray());
    return this;
  }

  /** What was written. */
  public ByteBuffer toBuffer() {
    return ByteBuffer.wrap(out.toByteArray());
  }
}
