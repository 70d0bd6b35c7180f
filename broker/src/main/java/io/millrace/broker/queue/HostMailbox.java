package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.core.Mailbox;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The mailbox of a virtual host, in which all changes of it are made one after the other. Any
 * thread may call it.
 */
final class HostMailbox {

  private final String host;
  private final Mailbox mailbox;

  /** Whether the host is being deleted; set in the mailbox. */
  private volatile boolean leaving;

  HostMailbox(String host) {
    this.host = host;
    mailbox = new Mailbox("virtual host " + host);
  }

  /** The mailbox itself, for those who go on in it. */
  Mailbox mailbox() {
    return mailbox;
  }

  /** Runs a task in it. */
  void execute(Runnable task) {
    mailbox.execute(task);
  }

  /** The host is being deleted, and takes nothing new any more. */
  void leave() {
    leaving = true;
  }

  /** Whether the host is being deleted. */
  boolean isLeaving() {
    return leaving;
  }

  /** Makes a change, which is refused while the host is deleted. */
  <T> CompletionStage<T> unlessLeaving(Supplier<CompletionStage<T>> change) {
    return change(
        () -> {
          if (leaving) {
            throw new TopologyException(Reason.NOT_FOUND, "vhost '" + host + "' is deleted");
          }
          return change.get();
        });
  }

  /** Makes a change; what it throws fails the stage. */
  <T> CompletionStage<T> change(Supplier<CompletionStage<T>> change) {
    CompletableFuture<T> result = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          try {
            change
                .get()
                .whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    });
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
