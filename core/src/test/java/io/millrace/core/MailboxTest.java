package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MailboxTest {

  @Test
  void runsOnTheCallersThreadWhenIdle() {
    List<Thread> ranOn = new ArrayList<>();
    new Mailbox("idle").execute(() -> ranOn.add(Thread.currentThread()));
    assertThat(ranOn).containsExactly(Thread.currentThread());
  }

  @Test
  void aTaskGivenFromInsideRunsAfterThePresentOne() {
    Mailbox mailbox = new Mailbox("nested");
    List<String> order = new ArrayList<>();
    mailbox.execute(
        () -> {
          mailbox.execute(() -> order.add("inner"));
          order.add("outer");
        });
    assertThat(order).containsExactly("outer", "inner");
  }

  @Test
  void aFailingTaskDoesNotStopTheNextOne() {
    Mailbox mailbox = new Mailbox("failing");
    List<String> order = new ArrayList<>();
    mailbox.execute(
        () -> {
          mailbox.execute(() -> order.add("next"));
          throw new IllegalStateException("on purpose");
        });
    assertThat(order).containsExactly("next");
  }

  @Test
  void aTaskThatEndsInAnErrorDoesNotShutTheMailbox() {
    Mailbox mailbox = new Mailbox("out of memory");
    List<String> order = new ArrayList<>();
    mailbox.execute(
        () -> {
          throw new OutOfMemoryError("on purpose");
        });
    mailbox.execute(() -> order.add("next"));
    assertThat(order).containsExactly("next");
  }

  @Test
  void tasksOfManyThreadsNeverOverlapAndEachThreadsOrderIsKept() throws InterruptedException {
    int threads = 4;
    int perThread = 50_000;
    Mailbox mailbox = new Mailbox("busy");
    int[] lastSeen = new int[threads];
    int[] total = {0};
    List<String> disorder = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(threads * perThread);
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      workers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 1; i <= perThread; i++) {
                      int number = i;
                      mailbox.execute(
                          () -> {
                            if (lastSeen[thread] != number - 1) {
                              disorder.add(thread + ":" + number);
                            }
                            lastSeen[thread] = number;
                            total[0]++;
                            done.countDown();
                          });
                    }
                  }));
    }
    done.await();
    for (Thread worker : workers) {
      worker.join();
    }
    assertThat(disorder).isEmpty();
    assertThat(total[0]).isEqualTo(threads * perThread);
  }
}
