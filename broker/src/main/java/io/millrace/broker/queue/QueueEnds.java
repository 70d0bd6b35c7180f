package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How queues of a virtual host end: first the queue itself, in its own mailbox, then, in the
 * host's, its bindings and what is on disk of it.
 */
final class QueueEnds {

  private static final Logger LOG = LoggerFactory.getLogger(QueueEnds.class);

  private final QueueTable queues;
  private final HostExchanges exchanges;
  private final QueueChurn churn;
  private final HostMailbox mailbox;

  QueueEnds(QueueTable queues, HostExchanges exchanges, QueueChurn churn, HostMailbox mailbox) {
    this.queues = queues;
    this.exchanges = exchanges;
    this.churn = churn;
    this.mailbox = mailbox;
  }

  /**
   * Ends the queue of that name, if it is there; completes with how many messages were dropped. In
   * the host's mailbox.
   */
  CompletionStage<Long> delete(
      String name, boolean ifUnused, boolean ifEmpty, @Nullable Object caller) {
    return queues.find(name) == null
        ? CompletableFuture.completedStage(0L)
        : delete(queues.findOrRefuse(name, caller), ifUnused, ifEmpty);
  }

  /** Ends a queue; completes with how many messages were dropped. In the host's mailbox. */
  CompletionStage<Long> delete(MessageQueue queue, boolean ifUnused, boolean ifEmpty) {
    CompletableFuture<Long> dropped = new CompletableFuture<>();
    queue.delete(
        ifUnused,
        ifEmpty,
        (count, refusal) -> {
          if (refusal != null) {
            dropped.completeExceptionally(refusal);
            return;
          }
          mailbox.execute(
              () ->
                  forget(queue)
                      .whenComplete(
                          (unused, failure) -> {
                            if (failure == null) {
                              dropped.complete(count);
                            } else {
                              dropped.completeExceptionally(failure);
                            }
                          }));
        });
    return dropped;
  }

  private CompletionStage<Void> forget(MessageQueue queue) {
    churn.delete();
    List<TopologyEntry> gone = new ArrayList<>();
    exchanges.detach(queue, gone);
    return queues.remove(queue, gone);
  }

  /** Ends a queue that has outlived its use. Any thread. */
  void outlived(MessageQueue queue) {
    mailbox.execute(
        () ->
            delete(queue, false, false)
                .whenComplete(
                    (unused, failure) -> {
                      if (failure != null) {
                        LOG.warn("Queue {} could not be deleted: {}", queue.name(), failure);
                      }
                    }));
  }

  /** Ends all queues. In the host's mailbox. */
  CompletionStage<Void> deleteAll() {
    return CompletableFuture.allOf(
        queues.all().stream()
            .map(queue -> delete(queue, false, false).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }
}
