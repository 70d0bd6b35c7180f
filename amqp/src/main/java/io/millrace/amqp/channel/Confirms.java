package io.millrace.amqp.channel;

import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.broker.queue.MessageCounter;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.Receipt;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Publisher confirms of a channel: numbers its messages, and tells the publisher which of them all
 * their queues have. Receipts come on any thread; what came together is told together, as one
 * acknowledgement of all up to a number where no gap is left.
 */
final class Confirms {

  private final Peer peer;
  private final int channel;
  private final MessageCounter counter;
  private final Queue<Outcome> settled = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  // The event loop's.
  private final Set<Long> ahead = new HashSet<>();
  private long next = 1;
  private long lowest = 1;
  private boolean closed;

  /** How one message went. */
  private record Outcome(long tag, boolean taken) {}

  Confirms(Peer peer, int channel, MessageCounter counter) {
    this.peer = peer;
    this.channel = channel;
    this.counter = counter;
  }

  /** The next message goes to so many queues; null when it goes to none, and is confirmed. */
  @Nullable Receipt expect(int queues) {
    long tag = next++;
    if (queues == 0) {
      settle(tag, true);
      return null;
    }
    return new Receipt(queues) {
      @Override
      protected void settled(boolean taken) {
        settle(tag, taken);
      }
    };
  }

  private void settle(long tag, boolean taken) {
    settled.add(new Outcome(tag, taken));
    if (scheduled.compareAndSet(false, true)) {
      peer.loop().execute(this::tell);
    }
  }

  /** How many messages wait for their confirm. */
  long unconfirmed() {
    return next - lowest - ahead.size();
  }

  void close() {
    closed = true;
  }

  private void tell() {
    scheduled.set(false);
    long[] taken = new long[16];
    int count = 0;
    for (Outcome each = settled.poll(); each != null; each = settled.poll()) {
      if (closed) {
        continue;
      }
      if (each.taken) {
        if (count == taken.length) {
          taken = Arrays.copyOf(taken, 2 * count);
        }
        taken[count++] = each.tag;
      } else {
        write(Methods.BASIC_NACK, each.tag, false);
        passed(each.tag);
      }
    }
    if (count > 0) {
      counter.add(Count.CONFIRM, count);
      Arrays.sort(taken, 0, count);
      acknowledge(taken, count);
    }
  }

  private void acknowledge(long[] taken, int count) {
    int index = 0;
    long upTo = lowest - 1;
    while (index < count && taken[index] == upTo + 1) {
      upTo = taken[index++];
      while (ahead.remove(upTo + 1)) {
        upTo++;
      }
    }
    if (index > 0) {
      write(Methods.BASIC_ACK, upTo, upTo > lowest);
      lowest = upTo + 1;
    }
    for (; index < count; index++) {
      write(Methods.BASIC_ACK, taken[index], false);
      ahead.add(taken[index]);
    }
  }

  private void passed(long tag) {
    if (tag == lowest) {
      lowest++;
      while (ahead.remove(lowest)) {
        lowest++;
      }
    } else {
      ahead.add(tag);
    }
  }

  private void write(int method, long tag, boolean multiple) {
    ByteBuf out = peer.out();
    int frame = Frames.method(out, channel, method);
    out.writeLong(tag).writeByte(multiple ? 1 : 0);
    Frames.end(out, frame);
  }
}
