package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Received;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.WindowSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamJobTest {

  private static final WindowSpec TEN_SECONDS =
      new WindowSpec.Tumble(Duration.ofSeconds(10), Duration.ZERO);

  @TempDir Path folder;
  TestNode node;

  @BeforeEach
  void open() {
    node = new TestNode(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  StreamJob start(JobPlan plan) {
    return start(plan, RowListener.NONE);
  }

  StreamJob start(JobPlan plan, RowListener caller) {
    return StreamJob.start(
        plan, node.broker(), JobSettings.defaults(), Clock.system(), node.timer(), caller);
  }

  static String event(String key, int value, int second) {
    return "{\"k\":\"%s\",\"v\":%d,\"t\":\"2001-01-01 00:00:%02d\"}".formatted(key, value, second);
  }

  static JobPlan windowsInto(String name, String from, String to) {
    PlanNode events = Plans.events(Plans.topic(from, false), Duration.ofSeconds(2), Duration.ZERO);
    return Plans.job(name, Plans.into(to, Plans.windows(events, TEN_SECONDS)));
  }

  @Test
  void putsAWindowOutOnceTheWatermarkPassesItsEnd() {
    node.create("events", 1);
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, "a", event("a", 1, 1));
      node.send("events", 0, "a", event("b", 5, 3));
      node.send("events", 0, "a", event("a", 3, 9));
      node.send("events", 0, "a", event("a", 7, 11));
      await().until(() -> job.status().rowsIn() == 4);
      assertThat(node.records("out")).isEmpty();

      node.send("events", 0, "a", event("a", 9, 12));

      await().until(() -> node.records("out").size() == 2);
      assertThat(node.records("out"))
          .extracting(Received::value)
          .containsExactly(
              "{\"k\":\"a\",\"n\":2,\"sum\":4,\"min\":1,\"max\":3,\"p95\":2.9,\"distinct\":2,"
                  + "\"window_end\":\"2001-01-01 00:00:10\"}",
              "{\"k\":\"b\",\"n\":1,\"sum\":5,\"min\":5,\"max\":5,\"p95\":5.0,\"distinct\":1,"
                  + "\"window_end\":\"2001-01-01 00:00:10\"}");
    }
  }

  @Test
  void countsRowsWhoseWindowIsCompleteAsLate() {
    node.create("events", 1);
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, null, event("a", 1, 1));
      node.send("events", 0, null, event("a", 1, 12));
      await().until(() -> node.records("out").size() == 1);

      node.send("events", 0, null, event("a", 1, 9));

      await().until(() -> job.status().lateRows() == 1);
      assertThat(node.records("out")).hasSize(1);
    }
  }

  @Test
  void flushesAllWindowsAtTheEndOfABoundedInput() {
    node.create("events", 3);
    node.send("events", 0, null, event("a", 1, 1));
    node.send("events", 2, null, event("a", 2, 31));
    PlanNode events = Plans.events(Plans.topic("events", true), Duration.ZERO, Duration.ZERO);
    List<List<@Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    try (StreamJob job =
        start(
            Plans.job("job", Plans.toCaller(Plans.windows(events, TEN_SECONDS))),
            (row, type) -> rows.add(row))) {
      JobStatus end = job.ended().toCompletableFuture().join();

      assertThat(end.state()).isEqualTo(JobStatus.State.FINISHED);
      assertThat(rows).extracting(row -> row.get(2)).containsExactly(1, 2);
    }
  }

  @Test
  void goesOnFromItsCheckpointUnderTheSameName() {
    node.create("events", 1);
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, null, event("a", 1, 1));
      await().until(() -> job.status().rowsIn() == 1);
      long epoch = epoch(job);
      node.send("events", 0, null, event("a", 1, 1));
      await().until(() -> job.status().rowsIn() == 2 && epoch(job) > epoch);
    }
    node.close();
    node = new TestNode(folder);

    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, null, event("a", 2, 2));
      node.send("events", 0, null, event("a", 9, 12));
      await().until(() -> node.records("out").size() == 1);
      assertThat(job.status().failure()).isNull();
    }
    assertThat(node.records("out").getFirst().value()).contains("\"n\":3,\"sum\":4");
  }

  @Test
  void keepsItsStateOverARestartBeforeThereIsAnyWatermark() {
    node.create("events", 2);
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, null, event("a", 1, 1));
      await().until(() -> job.status().rowsIn() == 1);
      long epoch = epoch(job);
      node.send("events", 0, null, event("a", 2, 2));
      await().until(() -> job.status().rowsIn() == 2 && epoch(job) > epoch);
    }
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      node.send("events", 0, null, event("a", 9, 12));
      node.send("events", 1, null, event("b", 9, 12));
      await().until(() -> node.records("out").size() == 1);
      assertThat(job.status().failure()).isNull();
    }
    assertThat(node.records("out").getFirst().value()).contains("\"n\":2,\"sum\":3");
  }

  private static long epoch(StreamJob job) {
    JobStatus.Checkpoint checkpoint = job.status().checkpoint();
    return checkpoint == null ? 0 : checkpoint.epoch();
  }

  @Test
  void refusesTheCheckpointOfAnotherPlan() {
    node.create("events", 1);
    node.send("events", 0, null, event("a", 1, 1));
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      await().until(() -> job.status().checkpoint() != null);
    }
    try (StreamJob job = start(windowsInto("job", "events", "other"))) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.state()).isEqualTo(JobStatus.State.FAILED);
      assertThat(end.failure()).contains("checkpoint of another plan").contains("millrace.start");
    }
  }

  @Test
  void namesTheRecordThatItCannotRead() {
    node.create("events", 2);
    node.send("events", 1, null, event("a", 1, 1));
    node.send("events", 1, null, "{\"k\":\"a\",\"v\":\"soon\"}");
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.state()).isEqualTo(JobStatus.State.FAILED);
      assertThat(end.failure())
          .contains("topic events, partition 1, offset 1", "column 'v'", "'soon' is no INT");
    }
  }

  @Test
  void refusesATopicThatDoesNotExist() {
    assertThatThrownBy(() -> start(windowsInto("job", "nowhere", "out")))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("topic nowhere, which does not exist");
  }

  @Test
  void namesThePartitionThatHoldsTheWatermark() {
    node.create("events", 2);
    node.send("events", 0, null, event("a", 1, 1));
    try (StreamJob job = start(windowsInto("job", "events", "out"))) {
      await()
          .until(
              () ->
                  job.status().rowsIn() == 1
                      && job.status().sources().getFirst().heldBy().orElse(-1) == 1);
    }
  }
}
