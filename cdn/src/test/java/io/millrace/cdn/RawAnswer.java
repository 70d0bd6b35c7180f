package io.millrace.cdn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request on a connection of its own, which can name any host.
 *
 * @param head its lines, each with its CRLF
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its parts
public record RawAnswer(int status, String head, byte[] body) {

  /** Sends a GET, and reads until the connection ends. */
  public static RawAnswer get(int port, String host, String path, String... fields)
      throws IOException {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: " + host);
    for (String field : fields) {
      request.append("\r\n").append(field);
    }
    request.append("\r\nConnection: close\r\n\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      return read(socket.getInputStream());
    }
  }

  private static RawAnswer read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int matched = 0; matched < 4; ) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("ended inside of the head");
      }
      head.write(b);
      matched = b == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : b == '\r' ? 1 : 0;
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    RawAnswer answer =
        new RawAnswer(Integer.parseInt(text.substring(9, 12)), text, in.readAllBytes());
    String length = answer.field("content-length");
    if (length != null && answer.status != 304 && answer.body.length != Long.parseLong(length)) {
      throw new IOException("ended after " + answer.body.length + " bytes of " + length);
    }
    return answer;
  }

  /** The value of a field, or null. */
  public @Nullable String field(String name) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return null;
  }

  /** How the cache says that it answered. */
  public String cacheStatus() {
    return String.valueOf(field("cache-status"));
  }
}
