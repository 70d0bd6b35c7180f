package io.millrace.cdn;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free port that answers with the very bytes that a test wants, so that it can also
 * lie. Each connection has a virtual thread.
 */
public final class ScriptedOrigin implements AutoCloseable {

  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

  public final List<Request> requests = new CopyOnWriteArrayList<>();
  public final AtomicInteger connections = new AtomicInteger();
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Script script = (request, out) -> {};

  /** Answers a request; throwing closes the connection. */
  public interface Script {
    void answer(Request request, OutputStream out) throws Exception;
  }

  /** What came. */
  public record Request(String line, List<String> fields, byte[] body, Socket connection) {

    public @Nullable String field(String name) {
      for (String field : fields) {
        int colon = field.indexOf(':');
        if (field.substring(0, colon).equalsIgnoreCase(name)) {
          return field.substring(colon + 1).strip();
        }
      }
      return null;
    }
  }

  public ScriptedOrigin() throws IOException {
    listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    acceptor = Thread.startVirtualThread(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public void answers(Script next) {
    script = next;
  }

  /** Answers 200 from here on. */
  public void answers(String body, String... fields) {
    answers((request, out) -> out.write(response("200 OK", body, fields)));
  }

  public static byte[] response(String status, String body, String... fields) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    if (!status.startsWith("304") && !status.startsWith("204")) {
      text.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return (text + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  public Request last() {
    return requests.getLast();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (Request request = read(in, socket); request != null; request = read(in, socket)) {
        requests.add(request);
        script.answer(request, out);
        out.flush();
      }
    } catch (Exception e) {
      // The script or the edge ended the connection.
    } finally {
      open.remove(socket);
    }
  }

  private static @Nullable Request read(InputStream in, Socket socket) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int matched = 0; matched < 4; ) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      head.write(b);
      matched = b == END_OF_HEAD[matched] ? matched + 1 : b == '\r' ? 1 : 0;
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
    List<String> fields = new ArrayList<>(List.of(lines).subList(1, lines.length));
    byte[] body = new byte[0];
    for (String field : fields) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        body = in.readNBytes(Integer.parseInt(lower.substring(15).strip()));
      } else if (lower.equals("transfer-encoding: chunked")) {
        body = readChunks(in);
      }
    }
    return new Request(lines[0], fields, body, socket);
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in), 16);
      body.writeBytes(in.readNBytes(size));
      line(in);
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("ended inside of a line");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    try {
      // The port is open until the one who accepts has left.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }
}
