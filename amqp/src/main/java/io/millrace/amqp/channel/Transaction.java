package io.millrace.amqp.channel;

import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.Receipt;
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
  private final List<Runnable> settlements = new ArrayList<>();

  /** A message that waits for the commit. */
  private record Held(@Nullable Exchange exchange, Message message, boolean mandatory) {}

  void add(@Nullable Exchange exchange, Message message, boolean mandatory) {
    messages.add(new Held(exchange, message, mandatory));
  }

  void add(Runnable settlement) {
    settlements.add(settlement);
  }

  void rollBack() {
    messages.clear();
    settlements.clear();
  }

  /** Sends all, and completes once all queues have all. */
  CompletionStage<Void> commit(Publishing publishing) {
    Pending pending = new Pending();
    List<Held> held = List.copyOf(messages);
    List<Runnable> said = List.copyOf(settlements);
    rollBack();
    for (Held each : held) {
      publishing.commit(each.exchange, each.message, each.mandatory, pending);
    }
    said.forEach(Runnable::run);
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
