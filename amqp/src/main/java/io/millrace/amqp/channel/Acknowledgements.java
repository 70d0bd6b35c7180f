package io.millrace.amqp.channel;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.MessageCounter;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.Settlement;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a channel's client has and has not acknowledged, and what it says of it. That is handed on
 * to the queues for many deliveries at once. Confined to the event loop.
 */
final class Acknowledgements {

  private static final int MOST_GATHERED = 1024;

  private final Peer peer;
  private final int channel;
  private final MessageCounter counter;
  private final Unacknowledged<Delivery> unacknowledged = new Unacknowledged<>();
  private @Nullable Transaction transaction;
  private Runnable whenSettled = () -> {};

  // Those of one queue that were read and not handed on yet.
  private List<Delivery> gathered = new ArrayList<>();
  private Settlement gatheredAs = Settlement.ACKNOWLEDGE;

  Acknowledgements(Peer peer, int channel, MessageCounter counter) {
    this.peer = peer;
    this.channel = channel;
    this.counter = counter;
  }

  /** Runs {@code task} whenever a queue has been told. */
  void whenSettled(Runnable task) {
    whenSettled = task;
  }

  /** They are held back from now on until they are committed. */
  void holdBackIn(Transaction held) {
    transaction = held;
  }

  /** Forgets what was said in a transaction that was not committed. */
  void rollBack() {
    if (transaction != null) {
      transaction.rollBack(unacknowledged);
    }
  }

  /** How many deliveries wait for one. */
  int unacknowledgedCount() {
    return unacknowledged.count();
  }

  /** Gives out the tag of a delivery; null for one that nobody acknowledges. */
  long expect(@Nullable Delivery delivery) {
    return unacknowledged.add(delivery);
  }

  void acknowledge(ByteBuf in) {
    long tag = Fields.longNumber(in);
    settle(tag, (Fields.bits(in) & 1) != 0, Settlement.ACKNOWLEDGE);
  }

  void reject(ByteBuf in) {
    long tag = Fields.longNumber(in);
    settle(tag, false, (Fields.bits(in) & 1) != 0 ? Settlement.REQUEUE : Settlement.REJECT);
  }

  void negativeAcknowledge(ByteBuf in) {
    long tag = Fields.longNumber(in);
    int bits = Fields.bits(in);
    settle(tag, (bits & 1) != 0, (bits & 2) != 0 ? Settlement.REQUEUE : Settlement.REJECT);
  }

  /** Everything that is unacknowledged goes back. */
  void recover(ByteBuf in, boolean answer) {
    boolean requeue = (Fields.bits(in) & 1) != 0;
    if (!requeue) {
      throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "requeue=false");
    }
    unacknowledged.takeAll((tag, delivery) -> gather(delivery, Settlement.REQUEUE));
    flush();
    if (answer) {
      Frames.emptyMethod(peer.out(), channel, Methods.BASIC_RECOVER_OK);
    }
  }

  private void settle(long tag, boolean multiple, Settlement settlement) {
    if (multiple) {
      long last = tag == 0 ? Long.MAX_VALUE : known(tag);
      int count =
          unacknowledged.takeUpTo(last, (each, delivery) -> settled(each, delivery, settlement));
      if (count == 0 && tag != 0) {
        throw unknown(tag);
      }
    } else {
      Delivery delivery = unacknowledged.take(tag);
      if (delivery == null) {
        throw unknown(tag);
      }
      settled(tag, delivery, settlement);
    }
  }

  private long known(long tag) {
    if (!unacknowledged.knows(tag)) {
      throw unknown(tag);
    }
    return tag;
  }

  private static AmqpException unknown(long tag) {
    return new AmqpException(
        ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
  }

  private void settled(long tag, Delivery delivery, Settlement settlement) {
    Transaction held = transaction;
    if (held != null) {
      held.add(tag, delivery, settlement);
    } else {
      gather(delivery, settlement);
    }
  }

  /** Notes what was said of a delivery, to be handed on with others. */
  void gather(Delivery delivery, Settlement settlement) {
    if (!gathered.isEmpty()
        && (gatheredAs != settlement
            || gathered.getLast().queue() != delivery.queue()
            || gathered.size() >= MOST_GATHERED)) {
      flush();
    }
    gatheredAs = settlement;
    gathered.add(delivery);
    if (settlement == Settlement.ACKNOWLEDGE) {
      counter.add(Count.ACK, 1);
    }
  }

  /** Hands on what was gathered. */
  void flush() {
    if (!gathered.isEmpty()) {
      List<Delivery> batch = gathered;
      gathered = new ArrayList<>();
      batch.getFirst().queue().settle(batch, gatheredAs);
      whenSettled.run();
    }
  }

  /** The channel ends: what it has goes back. */
  void close() {
    rollBack();
    unacknowledged.takeAll((tag, delivery) -> gather(delivery, Settlement.REQUEUE));
    flush();
  }
}
