package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedBodiesTest {

  /** Pointers are counted by stretches of so many bodies. */
  private static final int STRETCH = 4096;

  @TempDir Path folder;

  private static Message message(int size) {
    return new Message("", "q", new TestProperties(true, -1), new byte[size]);
  }

  @Test
  void whatNoQueuePointsToIsCutAlsoWhenAQueueIsNotConsumedAfterARestart() {
    try (QueueNode node = new QueueNode(folder)) {
      MessageQueue one = node.declare("one", true, Map.of());
      MessageQueue other = node.declare("other", true, Map.of());
      for (int i = 0; i < 2 * STRETCH; i++) {
        node.publish(message(300), one, other);
      }
      for (MessageQueue each : List.of(one, other)) {
        for (int i = 0; i < 2 * STRETCH - 10; i++) {
          each.settle(List.of(Objects.requireNonNull(QueueNode.get(each))), Settlement.ACKNOWLEDGE);
        }
        assertThat(QueueNode.status(each)).isEqualTo(10);
      }
    }
    try (QueueNode node = new QueueNode(folder)) {
      SharedBodies bodies = node.messaging().bodies();
      long before = bodies.startOffset();
      assertThat(before).isZero();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                bodies.trim();
                assertThat(bodies.startOffset()).isGreaterThanOrEqualTo(STRETCH);
              });
      // What is pointed to is still there.
      MessageQueue one = node.declare("one", true, Map.of());
      for (int i = 0; i < 10; i++) {
        assertThat(QueueNode.get(one))
            .satisfies(got -> assertThat(got.message().body()).hasSize(300));
      }
    }
  }
}
