package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord.ProducerIdsReserved;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Gives out producer ids from a block that the metadata log has reserved; a crash loses what was
 * left of a block, never an id that somebody has.
 */
final class ProducerIdBlocks implements ProducerIds {

  /** As large as Kafka's: one force to disk for a thousand producers. */
  private static final int BLOCK = 1000;

  private static final int MOST_WAITING = 10_000;

  private final Controller controller;
  private final Object lock = new Object();
  private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();
  private long next;
  private long end;

  ProducerIdBlocks(Controller controller) {
    this.controller = controller;
  }

  @Override
  public CompletionStage<Long> next() {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    boolean reserve;
    synchronized (lock) {
      if (next < end) {
        return CompletableFuture.completedFuture(next++);
      }
      if (waiting.size() >= MOST_WAITING) {
        return CompletableFuture.failedFuture(
            new BrokerException(
                BrokerError.OVERLOADED, MOST_WAITING + " producers wait for their ids already"));
      }
      reserve = waiting.isEmpty();
      waiting.add(answer);
    }
    if (reserve) {
      reserve();
    }
    return answer;
  }

  private void reserve() {
    long[] first = new long[1];
    CompletionStage<Long> reserved =
        controller.change(
            state -> {
              first[0] = state.nextProducerId();
              return List.of(new ProducerIdsReserved(first[0] + BLOCK));
            },
            () -> first[0]);
    // The outcome reaches those who wait; there is nobody else to tell.
    CompletionStage<Long> unused =
        reserved.whenComplete(
            (start, failure) -> {
              if (failure == null) {
                giveOut(start);
              } else {
                refuse(failure);
              }
            });
  }

  private void giveOut(long start) {
    while (true) {
      CompletableFuture<Long> one;
      long id;
      synchronized (lock) {
        if (next >= end && start >= 0) {
          next = start;
          end = start + BLOCK;
          start = -1;
        }
        if (waiting.isEmpty()) {
          return;
        }
        if (next >= end) {
          break;
        }
        one = waiting.remove();
        id = next++;
      }
      one.complete(id);
    }
    reserve();
  }

  private void refuse(Throwable failure) {
    List<CompletableFuture<Long>> refused;
    synchronized (lock) {
      refused = List.copyOf(waiting);
      waiting.clear();
    }
    refused.forEach(each -> each.completeExceptionally(failure));
  }
}
