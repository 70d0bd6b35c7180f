package io.millrace.cdn.server;

import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;

/**
 * One request's way to its client, whatever version of HTTP that speaks: a head, then pieces of a
 * body, then its end. Confined to {@link #loop}; what is written goes out with {@link #flush}, with
 * the end of the answer, or with the end of the read that is under way.
 *
 * <p>After {@link #sendEnd}, {@link #sendWhole} or {@link #abort} the stream may serve another
 * request and must not be called for this one.
 */
interface ClientStream {

  /** Where it lives. */
  EventLoop loop();

  /** The client's address, without its port. */
  String clientAddress();

  /** Whether the client has little enough unread to be given more. */
  boolean isWritable();

  /**
   * Begins the head of the answer.
   *
   * @param bytes that it will take about, a short body included; only a hint
   */
  HeadWriter head(int bytes);

  /** The head is complete, and a body follows in pieces. */
  void sendHead();

  /** The head is complete, and this part of an array, possibly empty, is all of the body. */
  void sendWhole(byte[] body, int first, int length);

  /** The next piece of the body, which is taken over. */
  void send(ByteBuf piece);

  /**
   * Sends the next piece of the body, which lies in a file and is taken over. One at a time, and
   * nothing else until it is sent.
   *
   * @param sent called once it is with the client's socket; not when the client is gone before
   */
  void send(FileRegion piece, Runnable sent);

  /** Sends what was written. */
  void flush();

  /** The answer is complete. */
  void sendEnd();

  /** The answer will not be complete, and the client is told so as far as its HTTP can. */
  void abort();

  /**
   * The head says that the protocol is switched: from here on the connection is one with that of
   * the origin, both of which are taken over.
   *
   * @param first what the origin has sent already
   */
  void sendSwitched(Channel upstream, ByteBuf first);

  /** Lets a call take the request's body as fast as it wants it. */
  void sendBodyTo(OriginCall call);

  /** The call takes another piece. */
  void bodyWanted();

  /**
   * The answer is a stream of events: the viewer is told when the client takes more, when time
   * passes, and when the client is gone.
   *
   * @param bufferBytes most that may be written and unread
   */
  void followed(EventViewer viewer, int bufferBytes);
}
