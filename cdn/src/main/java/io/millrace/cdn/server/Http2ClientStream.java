package io.millrace.cdn.server;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http2.Http2RequestReader;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 connection: a request, and its answer as a field block and frames of
 * data. What the client's windows do not take is not written, so nothing piles up here.
 */
final class Http2ClientStream implements ClientStream {

  private final Http2EdgeConnection connection;
  private final Http2Output output;
  private final EdgeContext edge;
  private final Http2Stream stream;
  private final Http2RequestBody body;
  private @Nullable HttpExchange exchange;
  private @Nullable EventViewer viewer;
  private @Nullable RegionPieces pieces;
  private boolean continueExpected;
  private boolean complete;
  private boolean closed;
  private int framesSent;
  private int framesSeen;
  private long progressNanos;

  Http2ClientStream(
      Http2EdgeConnection connection, Http2Output output, EdgeContext edge, Http2Stream stream) {
    this.connection = connection;
    this.output = output;
    this.edge = edge;
    this.stream = stream;
    this.body = new Http2RequestBody(edge.limits());
    this.progressNanos = edge.clock().nanos();
  }

  // ---- the request ----

  /** The head has come. */
  void begin(Http2Headers headers, boolean ended) {
    if (ended) {
      body.end();
    }
    try {
      RequestHead head = Http2RequestReader.read(headers, edge.limits().head());
      edge.figures().requests.increment();
      edge.figures().http2Requests.increment();
      Framing framing = Http2RequestReader.framing(head, ended);
      RequestTarget target = RequestDispatch.target(head);
      if (framing instanceof Framing.Length length
          && length.bytes() > edge.limits().maxBodyBytes()) {
        throw tooLong();
      }
      continueExpected = !ended && head.fields().has("expect");
      HttpExchange next = new HttpExchange(edge, this, head, target, framing);
      exchange = next;
      RequestDispatch.serve(edge, next, connection.isSecure());
    } catch (HttpError e) {
      reject(e);
    }
  }

  private void reject(HttpError error) {
    edge.figures().refused.increment();
    byte[] sentence = AnswerEncoder.own(error, edge.clock().millis(), head(256));
    sendWhole(sentence, 0, sentence.length);
  }

  private HttpError tooLong() {
    return new HttpError(
        413, "a request's body may have at most " + edge.limits().maxBodyBytes() + " bytes");
  }

  /**
   * A piece of the body has come.
   *
   * @return how many of its bytes are done with, so that the client may send as many more
   */
  int onData(ByteBuf piece, boolean ended) {
    boolean kept = body.add(piece);
    if (ended) {
      body.end();
    }
    if (!kept) {
      if (body.isTooLong()) {
        refuse(tooLong());
      }
      return piece.readableBytes();
    }
    return body.move(edge.clock().nanos());
  }

  /** Trailers have come, which go no further. */
  void onTrailers() {
    body.end();
    output.consumed(stream, body.move(edge.clock().nanos()));
  }

  /** Answers with an error if there is no answer yet, and cuts it short otherwise. */
  private void refuse(HttpError error) {
    HttpExchange current = exchange;
    if (complete || closed) {
      return;
    }
    edge.figures().refused.increment();
    body.cancel();
    if (current != null && current.isOpen()) {
      current.refuse(error);
      current.gone();
    } else {
      abort();
    }
  }

  @Override
  public void sendBodyTo(OriginCall call) {
    body.sendTo(call, edge.clock().nanos());
    if (call.isWritable()) {
      bodyWanted();
    }
  }

  @Override
  public void bodyWanted() {
    if (continueExpected) {
      continueExpected = false;
      output.sendContinue(stream);
    }
    output.consumed(stream, body.move(edge.clock().nanos()));
  }

  // ---- the answer ----

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
    return !closed && output.isWritable(stream);
  }

  @Override
  public HeadWriter head(int bytes) {
    return output.head(bytes);
  }

  @Override
  public void sendHead() {
    output.sendHead(stream, false);
  }

  @Override
  public void sendWhole(byte[] content, int first, int length) {
    output.sendHead(stream, length == 0);
    if (length > 0) {
      output.writeLast(stream, Unpooled.wrappedBuffer(content, first, length));
    }
    completed();
  }

  @Override
  public void send(ByteBuf piece) {
    if (closed) {
      piece.release();
    } else {
      output.write(stream, piece);
    }
  }

  @Override
  public void send(FileRegion piece, Runnable sent) {
    RegionPieces read = new RegionPieces(piece, this, output::buffer, sent);
    if (closed) {
      read.close();
      return;
    }
    pieces = read;
    read.go();
  }

  @Override
  public void flush() {
    output.flushSoon();
  }

  @Override
  public void sendEnd() {
    if (!closed) {
      output.writeLast(stream, Unpooled.EMPTY_BUFFER);
    }
    completed();
  }

  private void completed() {
    complete = true;
    exchange = null;
    output.consumed(stream, body.close());
    output.flushSoon();
  }

  /** Whether the client has sent all of its request. */
  boolean isRequestRead() {
    return body.isEnded() || closed;
  }

  @Override
  public void abort() {
    if (!closed) {
      output.reset(stream, Http2Error.INTERNAL_ERROR);
    }
  }

  @Override
  public void sendSwitched(Channel upstream, ByteBuf first) {
    // Never asked for: HTTP/2 has no field by which a client could.
    first.release();
    output.dropHead();
    var unused = upstream.close();
    abort();
  }

  @Override
  public void followed(EventViewer follower, int bufferBytes) {
    exchange = null;
    viewer = follower;
  }

  // ---- what happens to the stream ----

  /** The client takes more. */
  void writable() {
    RegionPieces reading = pieces;
    if (reading != null && !reading.isOver()) {
      reading.go();
    }
    if (viewer != null) {
      viewer.writable();
    } else if (exchange != null) {
      exchange.writable();
    }
  }

  /** A frame of data has been written. */
  void progressed() {
    framesSent++;
  }

  /** Looks after deadlines. */
  void check(long now) {
    if (framesSent != framesSeen || !output.hasUnsent(stream)) {
      framesSeen = framesSent;
      progressNanos = now;
    } else if (now - progressNanos > edge.limits().writeTimeout().toNanos()) {
      edge.figures().tooSlow.increment();
      output.reset(stream, Http2Error.CANCEL);
      return;
    }
    if (body.isTooSlow(now)) {
      edge.figures().tooSlow.increment();
      refuse(new HttpError(408, "the request's body did not come in time"));
    }
    if (viewer != null) {
      viewer.check(now);
    }
  }

  /** The edge stops: a stream of events ends, an ordinary answer is completed. */
  void drain() {
    if (viewer != null) {
      viewer.end();
    }
  }

  /** The stream is closed, for whatever reason. */
  void gone() {
    closed = true;
    if (pieces != null) {
      pieces.close();
      pieces = null;
    }
    body.cancel();
    HttpExchange cut = exchange;
    exchange = null;
    if (cut != null) {
      cut.gone();
    }
    EventViewer left = viewer;
    viewer = null;
    if (left != null) {
      left.gone();
    }
  }
}
