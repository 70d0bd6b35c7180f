package io.millrace.cdn.server;

import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Decimal;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answers of an HTTP/1.1 connection as they go over the wire: heads as text, bodies by their
 * length, in chunks, or until the connection ends. One serves all requests of a connection in turn.
 */
final class Http1ClientStream implements ClientStream, HeadWriter {

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] TTL = ascii("; ttl=");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");

  private final EdgeConnection connection;
  private final Http1Requests requests;
  private final EdgeContext edge;
  private final ClientOutput client;
  private @Nullable RequestHead request;
  private ByteBuf out = Unpooled.EMPTY_BUFFER;
  private boolean chunked;
  private @Nullable RegionPieces pieces;

  Http1ClientStream(
      EdgeConnection connection, Http1Requests requests, EdgeContext edge, ClientOutput client) {
    this.connection = connection;
    this.requests = requests;
    this.edge = edge;
    this.client = client;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What is written next answers this request; null for one that was not understood. */
  void begin(@Nullable RequestHead next) {
    request = next;
  }

  /** Answers what was no request. */
  void reject(HttpError error) {
    request = null;
    byte[] sentence = AnswerEncoder.own(error, edge.clock().millis(), head(512));
    endHead();
    client.write(out.writeBytes(sentence));
    out = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public EventLoop loop() {
    return connection.loop();
  }

  @Override
  public String clientAddress() {
    return connection.clientAddress();
  }

  @Override
  public boolean isWritable() {
    return client.isWritable();
  }

  // ---- head ----

  @Override
  public HeadWriter head(int bytes) {
    chunked = false;
    out = client.buffer(bytes);
    return this;
  }

  @Override
  public void status(int status, String reason) {
    ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
    Decimal.write(status, out);
    out.writeByte(' ');
    for (int i = 0; i < reason.length(); i++) {
      out.writeByte(reason.charAt(i));
    }
    out.writeBytes(CRLF);
  }

  @Override
  public void stored(StoredResponse response) {
    out.writeBytes(response.encodedHead());
  }

  @Override
  public void line(Fields fields, int line) {
    fields.writeLine(line, out);
  }

  @Override
  public void field(String name, String value) {
    ByteBufUtil.writeAscii(out, name);
    out.writeByte(':').writeByte(' ');
    ByteBufUtil.writeAscii(out, value);
    out.writeBytes(CRLF);
  }

  @Override
  public void number(String name, long value) {
    ByteBufUtil.writeAscii(out, name);
    out.writeByte(':').writeByte(' ');
    Decimal.write(value, out);
    out.writeBytes(CRLF);
  }

  @Override
  public void cacheStatus(Outcome outcome) {
    out.writeBytes(outcome.line());
    out.writeBytes(CRLF);
  }

  @Override
  public void cacheStatus(Outcome outcome, long ttlSeconds) {
    out.writeBytes(outcome.line());
    out.writeBytes(TTL);
    Decimal.write(ttlSeconds, out);
    out.writeBytes(CRLF);
  }

  @Override
  public void undelimited() {
    if (request != null && request.http11()) {
      chunked = true;
      out.writeBytes(CHUNKED);
    } else {
      requests.endAfterAnswer();
    }
  }

  @Override
  public void endless() {
    requests.endAfterAnswer();
  }

  private void endHead() {
    String transportSecurity = edge.front().strictTransportSecurity();
    if (transportSecurity != null && connection.isSecure()) {
      field("Strict-Transport-Security", transportSecurity);
    }
    if (!requests.mayGoOn(request)) {
      out.writeBytes(CLOSE);
    } else if (request != null && !request.http11()) {
      // Said to an HTTP/1.0 client that asked for it.
      out.writeBytes(KEEP_ALIVE);
    }
    out.writeBytes(CRLF);
  }

  @Override
  public void sendHead() {
    endHead();
    client.write(out);
    out = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void sendWhole(byte[] body, int first, int length) {
    endHead();
    client.write(out.writeBytes(body, first, length));
    out = Unpooled.EMPTY_BUFFER;
    requests.answered();
  }

  @Override
  public void sendSwitched(Channel upstream, ByteBuf first) {
    client.write(out.writeBytes(CRLF));
    out = Unpooled.EMPTY_BUFFER;
    connection.switched(upstream, first);
  }

  // ---- body ----

  @Override
  public void send(ByteBuf piece) {
    if (chunked) {
      ByteBuf size = client.buffer(16);
      ByteBufUtil.writeAscii(size, Integer.toHexString(piece.readableBytes()));
      client.write(size.writeBytes(CRLF));
      client.write(piece);
      client.write(Unpooled.wrappedBuffer(CRLF));
    } else {
      client.write(piece);
    }
  }

  @Override
  public void send(FileRegion piece, Runnable sent) {
    if (connection.isSecure()) {
      RegionPieces read = new RegionPieces(piece, this, client::buffer, sent);
      pieces = read;
      read.go();
      return;
    }
    boolean framed = chunked;
    if (framed) {
      ByteBuf size = client.buffer(24);
      ByteBufUtil.writeAscii(size, Long.toHexString(piece.count()));
      client.write(size.writeBytes(CRLF));
    }
    client.send(
        piece,
        () -> {
          if (framed) {
            client.write(Unpooled.wrappedBuffer(CRLF));
          }
          sent.run();
        });
  }

  /** The client takes bytes again. */
  void writable() {
    RegionPieces reading = pieces;
    if (reading != null && !reading.isOver()) {
      reading.go();
    }
  }

  /** The client is gone. */
  void gone() {
    if (pieces != null) {
      pieces.close();
      pieces = null;
    }
  }

  @Override
  public void flush() {
    client.flush();
  }

  @Override
  public void sendEnd() {
    if (chunked) {
      client.write(Unpooled.wrappedBuffer(LAST_CHUNK));
    }
    requests.answered();
  }

  @Override
  public void abort() {
    connection.drop();
  }

  // ---- the request's body, and events ----

  @Override
  public void sendBodyTo(OriginCall call) {
    requests.sendBodyTo(call);
  }

  @Override
  public void bodyWanted() {
    requests.bodyWanted();
  }

  @Override
  public void followed(EventViewer viewer, int bufferBytes) {
    connection.followed(viewer, bufferBytes);
  }
}
