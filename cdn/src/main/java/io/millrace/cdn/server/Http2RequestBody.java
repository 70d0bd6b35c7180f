package io.millrace.cdn.server;

import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The body of one HTTP/2 request: what has come waits here until a call takes it. It is bounded by
 * the stream's window, since a client is given more only for what was moved on.
 */
final class Http2RequestBody {

  private final EdgeLimits limits;
  private @Nullable Deque<ByteBuf> waiting;
  private @Nullable OriginCall sink;
  private boolean ended;
  private boolean closed;
  private long bytesLeft;
  private long movedNanos;

  Http2RequestBody(EdgeLimits limits) {
    this.limits = limits;
    this.bytesLeft = limits.maxBodyBytes();
  }

  /** Whether the client has sent all of it. */
  boolean isEnded() {
    return ended;
  }

  /**
   * Keeps a piece that came.
   *
   * @return false when it is not kept: nobody wants it, or there was too much
   */
  boolean add(ByteBuf piece) {
    bytesLeft -= piece.readableBytes();
    if (closed || bytesLeft < 0) {
      return false;
    }
    if (piece.isReadable()) {
      Deque<ByteBuf> pieces = waiting;
      if (pieces == null) {
        pieces = new ArrayDeque<>(4);
        waiting = pieces;
      }
      pieces.addLast(piece.retain());
    }
    return true;
  }

  boolean isTooLong() {
    return bytesLeft < 0;
  }

  /** The client has sent all of it. */
  void end() {
    ended = true;
  }

  void sendTo(OriginCall call, long now) {
    sink = call;
    movedNanos = now;
  }

  /**
   * Moves what is there and wanted.
   *
   * @return the bytes moved, for which the client may send others
   */
  int move(long now) {
    OriginCall to = sink;
    if (to == null) {
      return 0;
    }
    movedNanos = now;
    int moved = 0;
    Deque<ByteBuf> pieces = waiting;
    while (pieces != null && !pieces.isEmpty() && to.isWritable()) {
      ByteBuf piece = pieces.removeFirst();
      moved += piece.readableBytes();
      to.send(piece);
    }
    if (ended && (pieces == null || pieces.isEmpty())) {
      sink = null;
      to.sendEnd();
    }
    return moved;
  }

  /** Whether a call has waited too long for the next piece. */
  boolean isTooSlow(long now) {
    OriginCall to = sink;
    return to != null
        && !ended
        && to.isWritable()
        && now - movedNanos > limits.bodyTimeout().toNanos();
  }

  /** The request is answered: the rest is of no use. Returns the bytes that were dropped. */
  int close() {
    closed = true;
    sink = null;
    int dropped = 0;
    Deque<ByteBuf> pieces = waiting;
    waiting = null;
    if (pieces != null) {
      for (ByteBuf piece : pieces) {
        dropped += piece.readableBytes();
        piece.release();
      }
    }
    return dropped;
  }

  /** The client is gone: the call that takes it is told. */
  void cancel() {
    OriginCall to = sink;
    close();
    if (to != null) {
      to.cancel();
    }
  }
}
