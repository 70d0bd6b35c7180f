package io.millrace.cdn.topic;

import io.millrace.cdn.view.RecordValue;
import io.millrace.log.batch.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON, each on one line.
 *
 * <p>A value that is a JSON object, array, number or boolean stands as it is; other text as a
 * string; other bytes in Base64, as {@code valueBase64}. Keys are never numbers: JavaScript would
 * round large ones.
 */
final class RecordJson {

  private RecordJson() {}

  static void write(int partition, RecordCursor at, ByteArrayOutputStream out) {
    out.writeBytes(ascii("{\"partition\":" + partition));
    out.writeBytes(ascii(",\"offset\":" + at.offset()));
    out.writeBytes(ascii(",\"timestamp\":" + at.timestampMillis()));
    out.writeBytes(ascii(",\"key"));
    text(at.key(), out);
    out.writeBytes(ascii(",\"value"));
    value(at.value(), out);
    out.writeBytes(ascii(",\"headers\":["));
    for (int i = 0; i < at.headerCount(); i++) {
      out.writeBytes(ascii(i == 0 ? "{\"name\":" : ",{\"name\":"));
      out.writeBytes(RecordValue.quote(at.headerName(i)));
      out.writeBytes(ascii(",\"value"));
      text(at.headerValue(i), out);
      out.write('}');
    }
    out.writeBytes(ascii("]}"));
  }

  private static void value(@Nullable ByteBuffer bytes, ByteArrayOutputStream out) {
    if (bytes == null || !bytes.hasRemaining() || !mayBeJson(bytes)) {
      text(bytes, out);
      return;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    if (RecordValue.text(bytes) != null && RecordValue.isJson(copy)) {
      out.writeBytes(ascii("\":"));
      out.writeBytes(RecordValue.onOneLine(copy));
    } else {
      text(bytes, out);
    }
  }

  /** By its first character; strings and null are written as text, and so stay what they are. */
  private static boolean mayBeJson(ByteBuffer bytes) {
    byte first = bytes.get(bytes.position());
    return first == '{'
        || first == '['
        || first == '-'
        || (first >= '0' && first <= '9')
        || first == 't'
        || first == 'f';
  }

  private static void text(@Nullable ByteBuffer bytes, ByteArrayOutputStream out) {
    if (bytes == null) {
      out.writeBytes(ascii("\":null"));
      return;
    }
    String text = RecordValue.text(bytes);
    if (text != null) {
      out.writeBytes(ascii("\":"));
      out.writeBytes(RecordValue.quote(text));
    } else {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      out.writeBytes(ascii("Base64\":\""));
      out.writeBytes(Base64.getEncoder().encode(copy));
      out.write('"');
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
