package io.millrace.amqp.channel;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.access.Right;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.MessageCounter;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.PrefetchWindow;
import io.millrace.broker.queue.Settlement;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The consumers of a channel, and what they and basic.get are given. */
final class Deliveries {

  private final Peer peer;
  private final int channel;
  private final MessageCounter counter;
  private final PrefetchWindow window = new PrefetchWindow();
  private final Map<String, ChannelConsumer> consumers = new HashMap<>();
  private final Acknowledgements acknowledgements;
  private @Nullable String replyName;
  private String replyTag = "";
  private int prefetch;
  private int globalPrefetch;
  private int chosenTags;
  private boolean closed;

  /**
   * @param acknowledgements wait for those that are to come
   */
  Deliveries(Peer peer, int channel, MessageCounter counter, Acknowledgements acknowledgements) {
    this.peer = peer;
    this.channel = channel;
    this.counter = counter;
    this.acknowledgements = acknowledgements;
    acknowledgements.whenSettled(
        () -> {
          if (window.isLimited()) {
            // Room for one queue is room for all that the channel consumes.
            resume();
          }
        });
  }

  // ---- what is told of it ----

  int prefetch() {
    return prefetch;
  }

  int globalPrefetch() {
    return globalPrefetch;
  }

  List<ConsumerStatus> consumers() {
    return consumers.values().stream().map(ChannelConsumer::status).toList();
  }

  // ---- consumers ----

  void qos(ByteBuf in) {
    int unused = Fields.number(in);
    int count = Fields.unsignedShort(in);
    boolean global = (Fields.bits(in) & 1) != 0;
    if (global) {
      window.limit(count);
      globalPrefetch = count;
      resume();
    } else {
      prefetch = count;
    }
    Frames.emptyMethod(peer.out(), channel, Methods.BASIC_QOS_OK);
  }

  /** Answers the name to which direct answers of this channel's requests go, or null. */
  @Nullable String replyName() {
    return replyName;
  }

  void consume(ByteBuf in, String lastQueue) {
    int unused = Fields.unsignedShort(in);
    String name = Fields.shortText(in);
    String queueName = name.isEmpty() ? lastQueue : name;
    String given = Fields.shortText(in);
    int bits = Fields.bits(in);
    Map<String, Object> arguments = Fields.table(in);
    boolean autoAcknowledge = (bits & 2) != 0;
    boolean exclusive = (bits & 4) != 0;
    boolean quiet = (bits & 8) != 0;
    if (consumers.containsKey(given) || (replyName != null && given.equals(replyTag))) {
      throw AmqpException.ofConnection(
          ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + given + "'");
    }
    String tag = given.isEmpty() ? "amq.ctag-" + channel + "-" + ++chosenTags : given;
    if (queueName.equals(ReplyTargets.PSEUDO_QUEUE)) {
      consumeReplies(tag, autoAcknowledge, quiet);
      return;
    }
    peer.rights().checkQueue(Right.READ, queueName);
    MessageQueue queue = peer.host().queueOrRefuse(queueName, peer.owner());
    ChannelConsumer consumer =
        new ChannelConsumer(
            this,
            peer,
            tag,
            queue,
            autoAcknowledge,
            exclusive,
            prefetch,
            priority(arguments),
            window,
            arguments);
    consumers.put(tag, consumer);
    CompletableFuture<Boolean> added = new CompletableFuture<>();
    queue.consume(
        consumer,
        exclusive,
        refusal -> {
          // The answer has to be written before the first message.
          peer.loop()
              .execute(
                  () -> {
                    if (refusal == null) {
                      if (!quiet && !closed) {
                        tagged(Methods.BASIC_CONSUME_OK, tag);
                      }
                      added.complete(true);
                    } else {
                      consumers.remove(tag);
                      added.completeExceptionally(refusal);
                    }
                  });
        });
    peer.await(added, channel, Methods.BASIC_CONSUME, done -> {});
  }

  private void consumeReplies(String tag, boolean autoAcknowledge, boolean quiet) {
    if (!autoAcknowledge) {
      throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
    }
    if (replyName != null) {
      throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer already set");
    }
    replyTag = tag;
    replyName =
        peer.replies().open(message -> peer.loop().execute(() -> write(tag, message, false, null)));
    if (!quiet) {
      tagged(Methods.BASIC_CONSUME_OK, tag);
    }
  }

  private static int priority(Map<String, Object> arguments) {
    Object given = arguments.get("x-priority");
    if (given == null) {
      return 0;
    }
    if (!(given instanceof Number number)) {
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED, "invalid arg 'x-priority' for consumer: no whole number");
    }
    return number.intValue();
  }

  void cancel(ByteBuf in) {
    String tag = Fields.shortText(in);
    boolean quiet = (Fields.bits(in) & 1) != 0;
    ChannelConsumer consumer = consumers.remove(tag);
    if (consumer != null) {
      acknowledgements.flush();
      CompletableFuture<Boolean> gone = new CompletableFuture<>();
      // What is on its way is delivered before the answer.
      consumer.queue().cancel(consumer, () -> peer.loop().execute(() -> gone.complete(true)));
      peer.await(gone, channel, Methods.BASIC_CANCEL, done -> cancelOk(tag, quiet));
      return;
    }
    if (replyName != null && tag.equals(replyTag)) {
      peer.replies().close(replyName);
      replyName = null;
    }
    cancelOk(tag, quiet);
  }

  private void cancelOk(String tag, boolean quiet) {
    if (!quiet) {
      tagged(Methods.BASIC_CANCEL_OK, tag);
    }
  }

  /** The queue has gone. */
  void cancelled(ChannelConsumer consumer) {
    if (!closed && consumers.remove(consumer.tag(), consumer)) {
      ByteBuf out = peer.out();
      int frame = Frames.method(out, channel, Methods.BASIC_CANCEL);
      FieldWriter.shortText(out, consumer.tag());
      out.writeByte(1);
      Frames.end(out, frame);
    }
  }

  private void tagged(int method, String tag) {
    ByteBuf out = peer.out();
    int frame = Frames.method(out, channel, method);
    FieldWriter.shortText(out, tag);
    Frames.end(out, frame);
  }

  /** The socket takes more again, or a limit has changed. */
  void resume() {
    consumers.values().forEach(each -> each.queue().resume());
  }

  // ---- messages out ----

  void deliver(ChannelConsumer consumer, List<Delivery> batch) {
    if (closed) {
      if (!consumer.autoAcknowledge()) {
        consumer.queue().settle(batch, Settlement.REQUEUE);
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.get(i);
      write(
          consumer.tag(),
          each.message(),
          each.redelivered(),
          consumer.autoAcknowledge() ? null : each);
      each.sent();
    }
  }

  private void write(
      String tag, Message message, boolean redelivered, @Nullable Delivery delivery) {
    if (closed) {
      return;
    }
    ByteBuf out = peer.out();
    int frame = Frames.method(out, channel, Methods.BASIC_DELIVER);
    FieldWriter.shortText(out, tag);
    out.writeLong(acknowledgements.expect(delivery));
    counter.add(delivery == null ? Count.DELIVER_NO_ACK : Count.DELIVER, 1);
    if (redelivered) {
      counter.add(Count.REDELIVER, 1);
    }
    out.writeByte(redelivered ? 1 : 0);
    FieldWriter.shortText(out, message.exchange());
    FieldWriter.shortText(out, message.routingKey());
    Frames.end(out, frame);
    Frames.content(out, channel, message, peer.frameMax());
  }

  void get(ByteBuf in, String lastQueue) {
    int unused = Fields.unsignedShort(in);
    String name = Fields.shortText(in);
    boolean autoAcknowledge = (Fields.bits(in) & 1) != 0;
    String queueName = name.isEmpty() ? lastQueue : name;
    peer.rights().checkQueue(Right.READ, queueName);
    MessageQueue queue = peer.host().queueOrRefuse(queueName, peer.owner());
    acknowledgements.flush();
    CompletableFuture<Got> got = new CompletableFuture<>();
    queue.get(autoAcknowledge, (delivery, left) -> got.complete(new Got(delivery, left)));
    peer.await(
        got,
        channel,
        Methods.BASIC_GET,
        result -> {
          ByteBuf out = peer.out();
          Delivery delivery = result.delivery;
          if (delivery == null) {
            counter.add(Count.GET_EMPTY, 1);
            int frame = Frames.method(out, channel, Methods.BASIC_GET_EMPTY);
            FieldWriter.shortText(out, "");
            Frames.end(out, frame);
            return;
          }
          if (closed) {
            if (!autoAcknowledge) {
              queue.settle(List.of(delivery), Settlement.REQUEUE);
            }
            return;
          }
          int frame = Frames.method(out, channel, Methods.BASIC_GET_OK);
          out.writeLong(acknowledgements.expect(autoAcknowledge ? null : delivery));
          counter.add(autoAcknowledge ? Count.GET_NO_ACK : Count.GET, 1);
          if (delivery.redelivered()) {
            counter.add(Count.REDELIVER, 1);
          }
          out.writeByte(delivery.redelivered() ? 1 : 0);
          FieldWriter.shortText(out, delivery.message().exchange());
          FieldWriter.shortText(out, delivery.message().routingKey());
          out.writeInt((int) Math.min(Integer.MAX_VALUE, result.left));
          Frames.end(out, frame);
          Frames.content(out, channel, delivery.message(), peer.frameMax());
          delivery.sent();
        });
  }

  /** What a get found. */
  private record Got(@Nullable Delivery delivery, long left) {}

  /** The channel ends: its consumers go, and what they have goes back. */
  void close() {
    closed = true;
    acknowledgements.flush();
    for (ChannelConsumer each : consumers.values()) {
      each.queue().cancel(each, () -> {});
    }
    consumers.clear();
    if (replyName != null) {
      peer.replies().close(replyName);
      replyName = null;
    }
    acknowledgements.close();
  }
}
