package io.millrace.cdn;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A viewer that reads a stream of events from a socket. */
public final class EventStream implements Closeable {

  private final Socket socket;
  private final BufferedReader in;
  public final String head;

  /** One event; without comments. */
  public record Event(@Nullable String id, String name, String data) {}

  public EventStream(Socket socket, String path, @Nullable String lastEventId) throws IOException {
    this.socket = socket;
    String last = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + last + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1 << 16);
    StringBuilder lines = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.append(line).append('\n');
    }
    head = lines.toString();
  }

  /** The next event; null when the stream ends. */
  public @Nullable Event next() throws IOException {
    String id = null;
    String name = "message";
    StringBuilder data = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          return new Event(id, name, data.toString());
        }
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(line.substring(6));
      } else if (!line.startsWith(":")) {
        throw new IOException("not a line of an event: " + line);
      }
    }
    return null;
  }

  /** The next event, which there has to be. */
  public Event expect() throws IOException {
    Event event = next();
    if (event == null) {
      throw new IOException("the stream has ended");
    }
    return event;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
