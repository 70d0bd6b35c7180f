package io.millrace.amqp.channel;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.PrefetchWindow;
import io.millrace.broker.queue.QueueConsumer;
import java.util.List;
import java.util.Map;

/** A consumer of a channel, as its queue sees it. */
final class ChannelConsumer extends QueueConsumer {

  private final Deliveries deliveries;
  private final Peer peer;
  private final String tag;
  private final MessageQueue queue;
  private final boolean exclusive;

  ChannelConsumer(
      Deliveries deliveries,
      Peer peer,
      String tag,
      MessageQueue queue,
      boolean autoAcknowledge,
      boolean exclusive,
      int prefetch,
      int priority,
      PrefetchWindow window,
      Map<String, Object> arguments) {
    super(autoAcknowledge, prefetch, priority, window, arguments);
    this.deliveries = deliveries;
    this.peer = peer;
    this.tag = tag;
    this.queue = queue;
    this.exclusive = exclusive;
  }

  @Override
  public String tag() {
    return tag;
  }

  /** What is told of it. */
  ConsumerStatus status() {
    return new ConsumerStatus(
        tag,
        queue.name(),
        !autoAcknowledge(),
        exclusive,
        prefetch(),
        priority(),
        activity(),
        arguments());
  }

  MessageQueue queue() {
    return queue;
  }

  @Override
  protected void deliver(List<Delivery> batch) {
    peer.loop()
        .execute(
            () -> {
              deliveries.deliver(this, batch);
              if (sent(batch.size())) {
                queue.resume();
              }
            });
  }

  @Override
  protected void cancelled() {
    peer.loop().execute(() -> deliveries.cancelled(this));
  }

  @Override
  protected boolean writable() {
    return peer.isWritable();
  }
}
