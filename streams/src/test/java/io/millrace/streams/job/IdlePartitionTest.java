package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.VirtualTime;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.WindowSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdlePartitionTest {

  @TempDir Path folder;

  @Test
  void aSilentPartitionHoldsWindowsBackOnlyUntilItCountsAsIdle() {
    VirtualTime time = new VirtualTime();
    try (TestNode node = new TestNode(folder)) {
      node.create("events", 2);
      PlanNode events =
          Plans.events(Plans.topic("events", false), Duration.ZERO, Duration.ofSeconds(30));
      PlanNode windows =
          Plans.windows(events, new WindowSpec.Tumble(Duration.ofSeconds(10), Duration.ZERO));
      try (StreamJob job =
          StreamJob.start(
              Plans.job("job", Plans.into("out", windows)),
              node.broker(),
              JobSettings.defaults(),
              time,
              time,
              RowListener.NONE)) {
        time.pass(Duration.ofSeconds(20));
        node.send("events", 0, null, StreamJobTest.event("a", 1, 1));
        node.send("events", 0, null, StreamJobTest.event("a", 1, 15));
        await()
            .until(
                () -> {
                  time.pass(Duration.ofMillis(200));
                  return job.status().rowsIn() == 2;
                });
        assertThat(node.records("out")).isEmpty();

        time.pass(Duration.ofSeconds(15));

        await()
            .until(
                () -> {
                  time.pass(Duration.ofMillis(200));
                  return node.records("out").size() == 1;
                });
        assertThat(job.status().sources().getFirst().partitions().get(1).idle()).isTrue();
      }
    }
  }
}
