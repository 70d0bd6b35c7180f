package io.millrace.cdn.origin;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request to an {@link HttpOrigin}; confined to the request's loop. */
final class UpstreamCall implements OriginCall {

  private final OriginRequest request;
  private final ResponseListener listener;
  private final UpstreamPool pool;
  private @Nullable UpstreamConnection connection;
  private boolean over;
  private boolean paused;
  private boolean retried;

  UpstreamCall(OriginRequest request, ResponseListener listener, UpstreamPool pool) {
    this.request = request;
    this.listener = listener;
    this.pool = pool;
  }

  OriginRequest request() {
    return request;
  }

  boolean isOver() {
    return over;
  }

  boolean isPaused() {
    return paused;
  }

  /** The connection is there and has sent the request's head. */
  void attached(UpstreamConnection to) {
    connection = to;
    if (!(request.body() instanceof Framing.None)) {
      listener.onWritable();
    }
  }

  void head(ResponseHead head) {
    if (!over) {
      listener.onHead(head);
    }
  }

  void body(ByteBuf piece) {
    if (over) {
      piece.release();
    } else {
      listener.onBody(piece);
    }
  }

  void end() {
    if (!over) {
      over = true;
      connection = null;
      listener.onEnd();
    }
  }

  void fail(HttpError failure) {
    if (!over) {
      over = true;
      connection = null;
      listener.onFailure(failure);
    }
  }

  void writable() {
    if (!over) {
      listener.onWritable();
    }
  }

  /** A pooled connection was already closed by the other side: tries once on a new one. */
  boolean retry() {
    if (over || retried || !(request.body() instanceof Framing.None) || !isSafe()) {
      return false;
    }
    retried = true;
    connection = null;
    pool.startFresh(this);
    return true;
  }

  private boolean isSafe() {
    return switch (request.method()) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
  }

  @Override
  public boolean isWritable() {
    return connection != null && connection.isWritable();
  }

  @Override
  public void send(ByteBuf piece) {
    if (connection == null) {
      piece.release();
    } else {
      connection.sendBody(piece);
    }
  }

  @Override
  public void sendEnd() {
    if (connection != null) {
      connection.endBody();
    }
  }

  @Override
  public void pause() {
    paused = true;
    if (connection != null) {
      connection.setReading(false);
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (connection != null) {
      connection.setReading(true);
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      if (connection == null) {
        pool.withdraw(this);
      } else {
        connection.close();
      }
    }
  }
}
