package io.millrace.cdn.server;

import io.millrace.cdn.http.BodyReader;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The body of a connection's request: decodes it out of what was received and gives it to the call
 * that wants it, as fast as that takes it. One serves all requests of a connection in turn.
 */
final class RequestBody {

  private final EdgeLimits limits;
  private @Nullable BodyReader reader;
  private @Nullable OriginCall sink;
  private long bytesLeft;
  private boolean continueExpected;
  private long movedNanos;

  RequestBody(EdgeLimits limits) {
    this.limits = limits;
  }

  /**
   * A request with this body has come.
   *
   * @param expectation whether its client waits for a 100 before it sends the body
   * @throws HttpError 413 when it says that it is too long
   */
  void begin(Framing framing, boolean expectation) throws HttpError {
    reader = new BodyReader(framing);
    bytesLeft = limits.maxBodyBytes();
    continueExpected = expectation && !(framing instanceof Framing.None);
    if (framing instanceof Framing.Length length && length.bytes() > bytesLeft) {
      throw tooLong();
    }
  }

  private HttpError tooLong() {
    return new HttpError(
        413, "a request's body may have at most " + limits.maxBodyBytes() + " bytes");
  }

  /** Whether nothing of it is left to be read. */
  boolean isRead() {
    return reader == null || reader.isDone();
  }

  void sendTo(OriginCall call, long now) {
    sink = call;
    movedNanos = now;
  }

  /** Whether a call takes it, now or later. */
  boolean hasTaker() {
    return sink != null;
  }

  /** Whether a call takes some of it now. */
  boolean isWanted() {
    return sink != null && sink.isWritable();
  }

  /** Whether a 100 is to be sent first; true once at most. */
  boolean takeContinue() {
    boolean expected = continueExpected;
    continueExpected = false;
    return expected;
  }

  /**
   * Moves what is there and wanted.
   *
   * @throws HttpError 400 when the framing is broken, 413 when there is too much
   */
  void move(ByteBuf received, long now) throws HttpError {
    movedNanos = now;
    OriginCall to = sink;
    BodyReader from = reader;
    if (to == null || from == null) {
      return;
    }
    while (to.isWritable()) {
      ByteBuf piece = from.next(received);
      if (piece == null) {
        break;
      }
      bytesLeft -= piece.readableBytes();
      if (bytesLeft < 0) {
        piece.release();
        throw tooLong();
      }
      to.send(piece);
    }
    if (from.isDone()) {
      sink = null;
      to.sendEnd();
    }
  }

  /** Whether a call has waited too long for the next piece. */
  boolean isTooSlow(long now) {
    return isWanted() && now - movedNanos > limits.bodyTimeout().toNanos();
  }

  /** The request is answered. Returns whether its body was still on its way to a call. */
  boolean end() {
    boolean cut = sink != null;
    sink = null;
    reader = null;
    return cut;
  }

  /** The body will not come to its end: the call that takes it is told. */
  void cancel() {
    if (sink != null) {
      sink.cancel();
      sink = null;
    }
  }
}
