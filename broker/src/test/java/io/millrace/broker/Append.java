package io.millrace.broker;

import io.millrace.broker.topic.Partition;
import io.millrace.log.AppendInfo;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Appends whose outcome a test waits for. */
public final class Append {

  private Append() {}

  /** Appends with acks=all. */
  public static CompletableFuture<AppendInfo> to(Partition partition, ByteBuffer batch) {
    return to(partition, batch, Partition.Acks.ALL);
  }

  /** Appends. */
  public static CompletableFuture<AppendInfo> to(
      Partition partition, ByteBuffer batch, Partition.Acks acks) {
    CompletableFuture<AppendInfo> outcome = new CompletableFuture<>();
    partition.append(
        batch,
        acks,
        (info, failure) -> {
          boolean first = info != null ? outcome.complete(info) : refuse(outcome, failure);
          if (!first) {
            throw new AssertionError("an append was answered twice");
          }
        });
    return outcome;
  }

  private static boolean refuse(
      CompletableFuture<AppendInfo> outcome, @Nullable BrokerException failure) {
    return outcome.completeExceptionally(
        failure == null ? new IllegalStateException("no outcome") : failure);
  }

  /** Appends and waits until it is acknowledged. */
  public static AppendInfo now(Partition partition, ByteBuffer batch) {
    return to(partition, batch).join();
  }

  /** Why it is refused. */
  public static BrokerError error(CompletableFuture<?> outcome) {
    try {
      Object unused = outcome.join();
      throw new AssertionError("it went well");
    } catch (CompletionException e) {
      if (e.getCause() instanceof BrokerException refusal) {
        return refusal.error();
      }
      throw e;
    }
  }
}
