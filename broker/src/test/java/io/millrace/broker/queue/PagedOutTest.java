package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that tell priorities apart keep no more in memory than others do. */
class PagedOutTest {

  private static final int HIGHEST = 3;
  private static final int BODY_BYTES = 1000;

  /** Eight windows of {@link QueueNode}'s queues, of five messages each. */
  private static final int MOST_IN_MEMORY = 40;

  @TempDir Path folder;

  private static Message message(int number, int priority) {
    byte[] body = ByteBuffer.allocate(BODY_BYTES).putInt(number).array();
    return new Message("", "q", new TestProperties(false, -1, priority), body);
  }

  private static int number(Delivery delivery) {
    return ByteBuffer.wrap(delivery.message().body()).getInt();
  }

  @Test
  void memoryIsBoundedAndTheHighestPriorityComesFirstInItsOrder() {
    int each = 500;
    long all = (HIGHEST + 1L) * each;
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", false, Map.of("x-max-priority", HIGHEST));
      for (int i = 0; i < all; i++) {
        node.publish(message(i, i % (HIGHEST + 1)), queue);
      }
      assertThat(QueueNode.status(queue)).isEqualTo(all);
      assertThat(queue.readyBytes()).isEqualTo(BODY_BYTES * all);
      assertThat(queue.heapBytes())
          .isLessThanOrEqualTo(MOST_IN_MEMORY * (long) message(0, 0).heapBytes());
      for (int priority = HIGHEST; priority >= 0; priority--) {
        for (int i = 0; i < each; i++) {
          Delivery got = Objects.requireNonNull(QueueNode.get(queue));
          assertThat(number(got)).isEqualTo(i * (HIGHEST + 1) + priority);
          queue.settle(List.of(got), Settlement.ACKNOWLEDGE);
        }
      }
      assertThat(QueueNode.status(queue)).isZero();
      assertThat(queue.heapBytes()).isZero();
    }
  }

  /** What comes back keeps its place, and what is purged is gone from the disk too. */
  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void handsOutWhatListsOfEachPriorityHandOut(@ForAll Random random) throws IOException {
    Path own = Files.createTempDirectory("paged-out");
    try (QueueNode node = new QueueNode(own)) {
      MessageQueue queue = node.declare("q", false, Map.of("x-max-priority", HIGHEST));
      List<Queue<Integer>> expected = new ArrayList<>();
      for (int i = 0; i <= HIGHEST; i++) {
        expected.add(new ArrayDeque<>());
      }
      int next = 0;
      for (int step = 0; step < 400; step++) {
        if (random.nextInt(200) == 0) {
          queue.purge(dropped -> {});
          expected.forEach(Queue::clear);
        } else if (random.nextInt(3) < 2) {
          int priority = random.nextInt(HIGHEST + 1);
          node.publish(message(next, priority), queue);
          expected.get(priority).add(next++);
        } else {
          expectNext(queue, expected, random.nextBoolean());
        }
      }
      while (expected.stream().anyMatch(each -> !each.isEmpty())) {
        expectNext(queue, expected, false);
      }
      assertThat(QueueNode.get(queue)).isNull();
    } finally {
      Folders.delete(own);
    }
  }

  private static void expectNext(
      MessageQueue queue, List<Queue<Integer>> expected, boolean goesBack) {
    Queue<Integer> wanted = null;
    for (Queue<Integer> each : expected) {
      wanted = each.isEmpty() ? wanted : each;
    }
    Delivery got = QueueNode.get(queue);
    if (wanted == null || got == null) {
      assertThat(got == null).isEqualTo(wanted == null);
      return;
    }
    assertThat(number(got)).isEqualTo(wanted.peek());
    if (goesBack) {
      queue.settle(List.of(got), Settlement.REQUEUE);
    } else {
      Integer unused = wanted.remove();
      queue.settle(List.of(got), Settlement.ACKNOWLEDGE);
    }
  }

  @Test
  void aDurableQueueKeepsTheBodiesOfTransientMessagesInItsLogToo() {
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, Map.of("x-max-priority", HIGHEST));
      int messages = 3000;
      for (int i = 0; i < messages; i++) {
        node.publish(message(i, i % (HIGHEST + 1)), queue);
      }
      assertThat(QueueNode.status(queue)).isEqualTo(messages);
      // The window of its head is of 1 MiB.
      assertThat(queue.heapBytes()).isLessThan((1 << 20) + 2 * BODY_BYTES);
      Delivery first = Objects.requireNonNull(QueueNode.get(queue));
      assertThat(number(first)).isEqualTo(HIGHEST);
    }
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, Map.of("x-max-priority", HIGHEST));
      // They do not outlive the node.
      assertThat(QueueNode.get(queue)).isNull();
    }
  }
}
