package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a message of a quorum queue came back is known after the end of the node. */
class DeliveryCountsTest {

  private static final int LIMIT = 3;
  private static final Map<String, Object> QUORUM =
      Map.of("x-queue-type", "quorum", "x-delivery-limit", LIMIT);

  @TempDir Path folder;

  private static Message message(int number) {
    byte[] body = ByteBuffer.allocate(4).putInt(number).array();
    return new Message("", "q", new TestProperties(true, -1), body);
  }

  private static int number(Delivery delivery) {
    return ByteBuffer.wrap(delivery.message().body()).getInt();
  }

  private static Delivery next(MessageQueue queue) {
    return Objects.requireNonNull(QueueNode.get(queue));
  }

  private static void comeBack(MessageQueue queue, int number) {
    Delivery got = next(queue);
    assertThat(number(got)).isEqualTo(number);
    queue.settle(List.of(got), Settlement.REQUEUE);
  }

  @Test
  void aCountIsThereAfterARestartAndGoesWithItsMessage() {
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, QUORUM);
      node.publish(message(1), queue);
      node.publish(message(2), queue);
      comeBack(queue, 1);
      comeBack(queue, 1);
    }
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, QUORUM);
      Delivery first = next(queue);
      assertThat(first.returns()).isEqualTo(2);
      assertThat(next(queue).returns()).isZero();
      queue.settle(List.of(first), Settlement.ACKNOWLEDGE);
    }
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, QUORUM);
      Delivery second = next(queue);
      assertThat(number(second)).isEqualTo(2);
      // It was out when the node ended.
      assertThat(second.returns()).isEqualTo(1);
      assertThat(QueueNode.get(queue)).isNull();
    }
  }

  @Test
  void whoeverHadAMessageWhenTheNodeWasKilledCountsAndTheLimitHolds() throws IOException {
    int messages = 10;
    Path copy = folder;
    for (int kill = 0; kill <= LIMIT; kill++) {
      Path current = copy;
      copy = folder.resolveSibling(folder.getFileName() + "-" + kill);
      try (QueueNode node = new QueueNode(current)) {
        MessageQueue queue = node.declare("q", true, QUORUM);
        for (int i = 0; kill == 0 && i < messages; i++) {
          node.publish(message(i), queue);
        }
        for (int i = 0; i < messages / 2; i++) {
          Delivery got = next(queue);
          assertThat(number(got)).isEqualTo(i);
          assertThat(got.returns()).isEqualTo(kill);
        }
        // Answered once it is written down.
        assertThat(QueueNode.status(queue)).isEqualTo(messages / 2);
        Folders.copy(current, copy);
      }
    }
    try (QueueNode node = new QueueNode(copy)) {
      MessageQueue queue = node.declare("q", true, QUORUM);
      Set<Integer> left = new TreeSet<>();
      for (Delivery got = QueueNode.get(queue); got != null; got = QueueNode.get(queue)) {
        left.add(number(got));
        assertThat(got.returns()).isZero();
      }
      assertThat(left).containsExactly(5, 6, 7, 8, 9);
    }
  }

  @Test
  void nothingIsLeftInTheJournalOfWhatIsDoneOrDeleted() {
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue queue = node.declare("q", true, QUORUM);
      MessageQueue other = node.declare("other", true, QUORUM);
      for (int i = 0; i < 3; i++) {
        node.publish(message(i), queue);
        node.publish(message(i), other);
      }
      comeBack(queue, 0);
      comeBack(other, 0);
      Delivery unused = next(other);
      for (int i = 0; i < 3; i++) {
        queue.settle(List.of(next(queue)), Settlement.ACKNOWLEDGE);
      }
      assertThat(QueueNode.status(queue)).isZero();
      long status = QueueNode.status(other);
      assertThat(status).isEqualTo(2);
      node.host().deleteQueue("other", false, false, null).toCompletableFuture().join();
      assertThat(node.countsInJournal()).isZero();
    }
  }
}
