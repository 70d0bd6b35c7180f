package io.millrace.cdn.server;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an HTTP/1.1 connection for as long as it serves any: reads one after the other,
 * and has them answered in order. While one is being answered the next is not parsed, so pipelined
 * requests wait in the {@link ClientInput}, and then in the client's socket. Confined to the
 * connection's loop.
 */
final class Http1Requests {

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final EdgeConnection connection;
  private final EdgeContext edge;
  private final Channel channel;
  private final ClientInput input;
  private final ClientOutput client;
  private final RequestBody body;
  private final Http1ClientStream stream;

  private @Nullable HttpExchange exchange;
  private boolean answering;
  private boolean endsAfterAnswer;
  private boolean parsing;
  private long idleSinceNanos;

  Http1Requests(
      EdgeConnection connection,
      EdgeContext edge,
      Channel channel,
      ClientInput input,
      ClientOutput client) {
    this.connection = connection;
    this.edge = edge;
    this.channel = channel;
    this.input = input;
    this.client = client;
    this.body = new RequestBody(edge.limits());
    this.stream = new Http1ClientStream(connection, this, edge, client);
    this.idleSinceNanos = edge.clock().nanos();
  }

  // ---- reading ----

  /** More has come from the client. */
  void received() {
    if (body.hasTaker()) {
      moveBody();
    }
    parse();
  }

  /** Reads and begins requests until one needs waiting for, or bytes are missing. */
  private void parse() {
    if (parsing) {
      return;
    }
    parsing = true;
    try {
      while (connection.isServing() && !answering && channel.isActive() && client.isWritable()) {
        RequestHead head = input.nextHead();
        if (head == null) {
          break;
        }
        begin(head);
      }
    } catch (HttpError e) {
      reject(e);
    } finally {
      parsing = false;
    }
    input.trim();
  }

  private void begin(RequestHead head) throws HttpError {
    edge.figures().requests.increment();
    Framing framing = Framing.ofRequest(head);
    RequestTarget target = RequestDispatch.target(head);
    body.begin(framing, head.http11() && head.fields().has("expect"));
    answering = true;
    stream.begin(head);
    HttpExchange next = new HttpExchange(edge, stream, head, target, framing);
    exchange = next;
    RequestDispatch.serve(edge, next, connection.isSecure());
  }

  /** What came is no request: says so, and ends the connection, as its framing is in doubt. */
  void reject(HttpError error) {
    edge.figures().refused.increment();
    body.cancel();
    HttpExchange cut = exchange;
    boolean headIsOut = cut != null && !cut.isOpen();
    if (cut != null) {
      cut.gone();
      exchange = null;
    }
    if (headIsOut) {
      // Anything more would be taken for the body.
      connection.drop();
      return;
    }
    endsAfterAnswer = true;
    stream.reject(error);
    connection.closeGently();
  }

  // ---- the body of a request ----

  void sendBodyTo(OriginCall sink) {
    body.sendTo(sink, edge.clock().nanos());
    if (sink.isWritable()) {
      bodyWanted();
    }
  }

  void bodyWanted() {
    if (!body.hasTaker()) {
      return;
    }
    if (body.takeContinue()) {
      client.write(Unpooled.wrappedBuffer(CONTINUE));
      client.flush();
    }
    moveBody();
    connection.regulate();
  }

  private void moveBody() {
    try {
      body.move(input.bytes(), edge.clock().nanos());
    } catch (HttpError e) {
      reject(e);
    }
  }

  // ---- answering ----

  /** Whether the connection serves another request after the answer whose head ends now. */
  boolean mayGoOn(@Nullable RequestHead request) {
    endsAfterAnswer |= !body.isRead() || request == null || !request.keepsAlive();
    return !endsAfterAnswer;
  }

  void endAfterAnswer() {
    endsAfterAnswer = true;
  }

  /** The exchange has written all of its answer. */
  void answered() {
    exchange = null;
    idleSinceNanos = edge.clock().nanos();
    endsAfterAnswer |= body.end();
    if (endsAfterAnswer) {
      connection.closeGently();
      return;
    }
    answering = false;
    connection.flushSoon();
    parse();
    connection.regulate();
  }

  /** The answer goes on, but not as one to a request: the connection becomes something else. */
  void leave() {
    exchange = null;
  }

  // ---- what happens to the connection ----

  /** Whether the client is to be read: only what there is a use or a little room for. */
  boolean takesMore() {
    if (!answering) {
      return client.isWritable();
    }
    return body.hasTaker() ? body.isWanted() : input.hasRoom();
  }

  /** The client takes more of the answer under way. */
  void writable() {
    if (exchange != null) {
      stream.writable();
      if (exchange != null) {
        exchange.writable();
      }
    }
    parse();
  }

  /** Looks after deadlines. */
  void check(long now) {
    if (answering) {
      if (body.isTooSlow(now)) {
        edge.figures().tooSlow.increment();
        reject(new HttpError(408, "the request's body did not come in time"));
      }
    } else if (input.isHeadBegun()) {
      if (input.isHeadTooSlow(now)) {
        edge.figures().tooSlow.increment();
        reject(new HttpError(408, "the request's head did not come in time"));
      }
    } else if (now - idleSinceNanos > edge.limits().idleTimeout().toNanos()) {
      connection.drop();
    }
  }

  /** The edge stops: an answer under way is completed, and no other begun. */
  void drain() {
    if (answering) {
      endsAfterAnswer = true;
    } else {
      connection.drop();
    }
  }

  /** The client is gone. */
  void gone() {
    stream.gone();
    if (exchange != null) {
      exchange.gone();
      exchange = null;
    }
    body.cancel();
  }
}
