package io.millrace.console.api;

import io.millrace.console.http.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A key, value or header value as a person can read it.
 *
 * @param format {@code json} (an object or array), {@code text} (UTF-8 without control characters)
 *     or {@code base64}
 * @param data in that format; JSON as it stands in the record, numbers unchanged
 * @param bytes how many there are in the record
 * @param truncated whether {@code data} has only the first of them
 */
public record Payload(String format, String data, int bytes, boolean truncated) {

  /** The payload of a buffer, which is left as it was; null for null. */
  static @Nullable Payload of(@Nullable ByteBuffer buffer, int mostBytes) {
    if (buffer == null) {
      return null;
    }
    int length = buffer.remaining();
    boolean truncated = length > mostBytes;
    byte[] bytes = new byte[Math.min(length, mostBytes)];
    buffer.get(buffer.position(), bytes);
    String text = text(bytes, truncated);
    if (text == null) {
      return new Payload("base64", Base64.getEncoder().encodeToString(bytes), length, truncated);
    }
    boolean json = !truncated && Json.isDocument(bytes);
    return new Payload(json ? "json" : "text", text, length, truncated);
  }

  /** The text that bytes are, or null when they are none. A cut may have split a character. */
  private static @Nullable String text(byte[] bytes, boolean cut) {
    int most = cut ? 3 : 0;
    for (int dropped = 0; dropped <= most && dropped <= bytes.length; dropped++) {
      try {
        String text =
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, bytes.length - dropped))
                .toString();
        return isPrintable(text) ? text : null;
      } catch (CharacterCodingException e) {
        // Perhaps only its last character is incomplete: try without.
      }
    }
    return null;
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
        return false;
      }
    }
    return true;
  }
}
