package io.millrace.cdn.cache;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;

/**
 * One request and the way of its answer. Whoever holds it gives exactly one answer: {@link #reply},
 * {@link #refuse}, or {@link #start} with what follows. All methods are called on {@link #loop};
 * once the client is gone they do nothing, and release what they are given.
 */
public interface Exchange {

  /** The request's head. */
  RequestHead request();

  /** What it asks for, normalised. */
  RequestTarget target();

  /** How its body is framed. */
  Framing body();

  /** The client's address, without its port. */
  String clientAddress();

  /** Where it lives. */
  EventLoop loop();

  /** Whether the client is still there and has no answer yet. */
  boolean isOpen();

  /**
   * Answers with what is stored, with 304, 206 or 416 where the request's conditions and range say
   * so.
   *
   * @param response whose body has been retained for this answer; it is released once it is sent
   * @param nowMillis what ages are computed for
   */
  void reply(StoredResponse response, Outcome outcome, long nowMillis);

  /** Answers with an error of the edge's own. */
  void refuse(HttpError error);

  /** A call works for this exchange alone: it is cancelled when the client goes away. */
  void steer(OriginCall call);

  /** Lets a call take the request's body as fast as it wants it. */
  void sendBodyTo(OriginCall call);

  /** The call takes another piece. */
  void bodyWanted();

  /**
   * Starts an answer whose body follows in pieces.
   *
   * @param head as the origin sent it
   * @param call is paused while the client reads slowly, and cancelled when it goes away
   */
  void start(ResponseHead head, Outcome outcome, OriginCall call);

  /** A piece of the body, which is taken over. */
  void piece(ByteBuf piece);

  /**
   * A piece of the body that lies in a file, which is taken over. The call is paused until it is
   * sent.
   */
  void piece(FileRegion piece);

  /** The answer is complete. */
  void end();

  /** The answer cannot be completed: its client is told by the connection's end. */
  void abort();
}
