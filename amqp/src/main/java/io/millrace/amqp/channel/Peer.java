package io.millrace.amqp.channel;

import io.millrace.amqp.auth.Rights;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The connection of a channel. Confined to its event loop, but for what says otherwise. */
public interface Peer {

  /** Where frames are written; sent when the event loop has nothing else to do for this peer. */
  ByteBuf out();

  /** Longest frame, from its first byte to its last. */
  int frameMax();

  /** Whether the socket takes more. Any thread. */
  boolean isWritable();

  /**
   * Runs tasks on the event loop, later and in the order in which they came, also when called on
   * it: what one thread hands over never overtakes what another one did before. Any thread.
   */
  Executor loop();

  /** The virtual host that the connection has opened. */
  VirtualHost host();

  /** The user. */
  String user();

  /** What the user may do in the virtual host. */
  Rights rights();

  /** What owns exclusive queues: the connection. */
  Object owner();

  /** Messages on their way to queues. */
  PublishBatch publishes();

  /** Where answers to requests go. */
  ReplyTargets replies();

  /**
   * Reads no further frame until the stage has completed, then goes on with its result on the event
   * loop. A failure closes the channel or the connection as it deserves.
   */
  <T> void await(CompletionStage<T> stage, int channel, int method, Consumer<T> then);

  /** Takes the channel off: it is closed from both ends. */
  void closed(int channel);
}
