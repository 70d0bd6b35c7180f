package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HighWatermarkWaitersTest {

  private final HighWatermarkWaiters waiters = new HighWatermarkWaiters();
  private final AtomicLong watermark = new AtomicLong();
  private final List<String> woken = new ArrayList<>();

  private void moveTo(long offset) {
    watermark.set(offset);
    waiters.movedTo(offset);
  }

  private Runnable await(long offset, String name) {
    return waiters.whenPast(offset, () -> woken.add(name), watermark::get);
  }

  @Test
  void whoAsksForWhatIsThereIsCalledAtOnce() {
    moveTo(5);
    await(4, "early");
    assertThat(woken).containsExactly("early");
    assertThat(waiters.count()).isZero();
  }

  @Test
  void onlyThoseWhoseOffsetHasPassedAreWoken() {
    await(0, "first");
    await(7, "later");
    moveTo(3);
    assertThat(woken).containsExactly("first");
    moveTo(8);
    assertThat(woken).containsExactly("first", "later");
    moveTo(9);
    assertThat(woken).hasSize(2);
  }

  @Test
  void aCancelledWaitIsForgottenAndTheOthersStay() {
    await(0, "a");
    Runnable cancel = await(0, "b");
    await(0, "c");
    cancel.run();
    cancel.run();
    moveTo(1);
    assertThat(woken).containsExactlyInAnyOrder("a", "c");
    assertThat(waiters.count()).isZero();
    cancel.run();
  }

  @Test
  void oneThatFailsDoesNotKeepTheOthersAsleep() {
    await(0, "a");
    waiters.whenPast(
        0,
        () -> {
          throw new IllegalStateException("on purpose");
        },
        watermark::get);
    await(0, "c");
    moveTo(1);
    assertThat(woken).containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void noWakeUpIsMissedHoweverFastTheWatermarkMoves() throws Exception {
    int readers = 3;
    long records = 200_000;
    CountDownLatch arrived = new CountDownLatch(readers);
    CyclicBarrier start = new CyclicBarrier(readers + 1);
    AtomicInteger late = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      threads.add(Thread.ofPlatform().start(() -> follow(records, start, arrived, late)));
    }
    start.await();
    for (long offset = 1; offset <= records; offset++) {
      moveTo(offset);
      if (offset % 64 == 0) {
        Thread.onSpinWait();
      }
    }
    boolean all = arrived.await(30, TimeUnit.SECONDS);
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
    assertThat(all).isTrue();
    assertThat(late).hasValue(0);
    assertThat(waiters.count()).isZero();
  }

  /** Reads to the end of what is there, waits for more, reads on, as a consumer does. */
  private void follow(
      long records, CyclicBarrier start, CountDownLatch arrived, AtomicInteger late) {
    long position = 0;
    try {
      start.await();
      while (position < records) {
        CountDownLatch more = new CountDownLatch(1);
        waiters.whenPast(position, more::countDown, watermark::get);
        more.await();
        long seen = watermark.get();
        if (seen <= position) {
          late.incrementAndGet();
        }
        position = seen;
      }
      arrived.countDown();
    } catch (InterruptedException | BrokenBarrierException e) {
      Thread.currentThread().interrupt();
    }
  }
}
