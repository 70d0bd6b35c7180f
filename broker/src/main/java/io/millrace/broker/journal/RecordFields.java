package io.millrace.broker.journal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The fields of which keys and values in the broker's own logs consist: numbers as {@link
 * DataOutputStream} writes them; bytes and texts (UTF-8) with their length, four bytes, in front.
 */
public final class RecordFields {

  private RecordFields() {}

  /** What writes the fields, one after the other. */
  public interface Writing {
    /** Writes them; the stream is memory and does not fail. */
    void to(DataOutputStream out) throws IOException;
  }

  /** The bytes of some fields. */
  public static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** Writes a text. */
  public static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes bytes. */
  public static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads a text.
   *
   * @throws BufferUnderflowException when it is said to be longer than what is left
   */
  public static String text(ByteBuffer in) {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  /**
   * Reads bytes.
   *
   * @throws BufferUnderflowException when they are said to be more than what is left
   */
  public static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
