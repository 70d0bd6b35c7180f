package io.millrace.amqp.channel;

import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.Receipt;
import io.millrace.broker.queue.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a channel with transactions has not committed yet: messages, and what its consumers said of
 * theirs. As in RabbitMQ it is atomic for one queue at a time only.
 */
final class Transaction {

  private final List<Held> messages = new ArrayList<>();
  private final List<Said> settlements = new ArrayList<>();

  /** A message that waits for the commit. */
  private record Held(@Nullable Exchange exchange, Message message, boolean mandatory) {}

  /** What was said of a delivery. */
  private record Said(long tag, Delivery delivery, Settlement settlement) {}

  void add(@Nullable Exchange exchange, Message message, boolean mandatory) {
    messages.add(new Held(exchange, message, mandatory));
  }

  void add(long tag, Delivery delivery, Settlement settlement) {
    settlements.add(new Said(tag, delivery, settlement));
  }

  int messageCount() {
    return messages.size();
  }

  int settlementCount() {
    return settlements.size();
  }

  /** Drops the messages; deliveries are unacknowledged again, and stay with their consumer. */
  void rollBack(Unacknowledged<Delivery> to) {
    messages.clear();
    for (Said each : settlements) {
      to.restore(each.tag, each.delivery);
    }
    settlements.clear();
  }

  /** Sends all, and completes once all queues have all. */
  CompletionStage<Void> commit(Publishing publishing, Acknowledgements acknowledgements) {
    Pending pending = new Pending();
    for (Held each : messages) {
      publishing.commit(each.exchange, each.message, each.mandatory, pending);
    }
    for (Said each : settlements) {
      acknowledgements.gather(each.delivery, each.settlement);
    }
    messages.clear();
    settlements.clear();
    pending.settle();
    return pending.done;
  }

  /** Counts messages until all are taken. */
  static final class Pending {
    private final AtomicInteger left = new AtomicInteger(1);
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Receipt receipt(int queues) {
      left.incrementAndGet();
      return new Receipt(queues) {
        @Override
        protected void settled(boolean taken) {
          settle();
        }
      };
    }

    private void settle() {
      if (left.decrementAndGet() == 0) {
        done.complete(null);
      }
    }
  }
}
