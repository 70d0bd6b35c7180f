package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Received;
import io.millrace.streams.TestNode.Sent;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.plan.WindowSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLimitsTest {

  private static final WindowSpec TEN_SECONDS =
      new WindowSpec.Tumble(Duration.ofSeconds(10), Duration.ZERO);

  @TempDir Path folder;
  TestNode node;

  @BeforeEach
  void open() {
    node = new TestNode(folder);
    node.create("events", 1);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private StreamJob start(JobPlan plan, JobSettings settings) {
    return StreamJob.start(
        plan, node.broker(), settings, Clock.system(), node.timer(), RowListener.NONE);
  }

  private JobPlan windows(boolean bounded) {
    PlanNode events = Plans.events(Plans.topic("events", bounded), Duration.ZERO, Duration.ZERO);
    return Plans.job("job", Plans.into("out", Plans.windows(events, TEN_SECONDS)));
  }

  private void sendKeys(int count) {
    List<Sent> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(new Sent(null, StreamJobTest.event("key%06d".formatted(i), i, 1)));
    }
    node.send("events", 0, batch);
  }

  @Test
  void aLargeWindowIsPublishedInSeveralEpochsAndInOrder() {
    sendKeys(5000);
    try (StreamJob job = start(windows(true), JobSettings.defaults().withMaxOutputBytes(10_000))) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure()).isNull();
      assertThat(Objects.requireNonNull(end.checkpoint()).epoch()).isGreaterThan(10);
      assertThat(node.records("out"))
          .extracting(record -> Objects.requireNonNull(record.value()).substring(6, 15))
          .hasSize(5000)
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void stateBeyondItsLimitFailsTheJobWithTheSettingToChange() {
    sendKeys(5000);
    try (StreamJob job = start(windows(false), JobSettings.defaults().withMaxStateBytes(100_000))) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.state()).isEqualTo(JobStatus.State.FAILED);
      assertThat(end.failure()).contains("millrace.state.max-bytes");
    }
  }

  @Test
  void oldCheckpointsAreDeleted() {
    try (StreamJob job =
        start(
            Plans.job(
                "job",
                Plans.into(
                    "out",
                    Plans.events(Plans.topic("events", false), Duration.ZERO, Duration.ZERO))),
            JobSettings.defaults().withCheckpointInterval(Duration.ofMillis(1)))) {
      String padding = "x".repeat(2000);
      for (int i = 0; i < 60; i++) {
        List<Sent> batch = new ArrayList<>();
        for (int n = 0; n < 50; n++) {
          batch.add(new Sent(null, StreamJobTest.event(padding, i, 1)));
        }
        node.send("events", 0, batch);
        int sent = (i + 1) * 50;
        await().until(() -> job.status().rowsIn() == sent);
      }
      // 6 MB went through the checkpoints, which are written whole again after four.
      await().until(() -> node.partition("__millrace-job-job", 0).startOffset() > 0);
    }
  }

  @Test
  void recordsThatCannotBeReadAreSkippedAndCountedWhereTheTableSaysSo() {
    Connector.Kafka topic = Plans.topic("events", false);
    Connector.Kafka lenient =
        new Connector.Kafka(
            topic.topic(),
            topic.keyFormat(),
            topic.keyFields(),
            topic.valueFormat(),
            topic.keyInValue(),
            topic.startup(),
            0,
            false,
            Connector.OnParseError.SKIP,
            false,
            topic.timestampFormat(),
            topic.guarantee(),
            Map.of());
    node.send("events", 0, null, "{\"k\":");
    node.send("events", 0, null, null);
    node.send("events", 0, null, StreamJobTest.event("a", 1, 1));
    PlanNode events = Plans.events(lenient, Duration.ZERO, Duration.ZERO);
    try (StreamJob job =
        start(Plans.job("job", Plans.into("out", events)), JobSettings.defaults())) {
      await().until(() -> node.records("out").size() == 1);
      await().until(() -> job.status().rowsIn() == 1);
      assertThat(job.status().sources().getFirst().unreadableRecords()).isEqualTo(1);
      assertThat(job.status().sources().getFirst().records()).isEqualTo(3);
    }
  }

  private JobPlan division() {
    PlanNode events = Plans.events(Plans.topic("events", false), Duration.ZERO, Duration.ZERO);
    PlanNode divided =
        new PlanNode.Project(
            events,
            List.of(
                Plans.call(
                    ScalarFunction.DIVIDE,
                    Kind.INT,
                    Plans.literal(100L, Kind.INT),
                    Plans.column(Plans.V, Kind.INT))),
            Plans.row("q", Kind.INT));
    return Plans.job("job", Plans.into("out", divided));
  }

  @Test
  void aRowThatHasNoValueFailsTheJobOrIsSkipped() {
    node.send("events", 0, null, StreamJobTest.event("a", 0, 1));
    node.send("events", 0, null, StreamJobTest.event("a", 50, 2));
    try (StreamJob job = start(division(), JobSettings.defaults())) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure())
          .contains("project", "topic events, partition 0, offset 0", "division by zero");
    }
    try (StreamJob job =
        start(division(), JobSettings.defaults().with(Map.of("millrace.row-errors", "skip")))) {
      await().until(() -> node.records("out").size() == 1);
      await().until(() -> job.status().operators().getFirst().failedRows() == 1);
    }
    assertThat(node.records("out")).extracting(Received::value).containsExactly("{\"q\":2}");
  }

  @Test
  void recordsDeletedBeforeTheyWereReadFailTheJobWithAWayOn() {
    sendKeys(10);
    try (StreamJob job = start(windows(false), JobSettings.defaults())) {
      await().until(() -> job.status().rowsIn() == 10 && job.status().checkpoint() != null);
    }
    sendKeys(10);
    node.partition("events", 0).deleteBefore(15);
    try (StreamJob job = start(windows(false), JobSettings.defaults())) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure()).contains("records from offset 15 to 20", "auto.offset.reset");
    }
  }

  @Test
  void oneJobOfANameRunsAtATime() {
    try (JobRegistry registry =
        new JobRegistry(node.broker(), JobSettings.defaults(), Clock.system(), node.timer(), 2)) {
      JobRegistry.Entry first = registry.start(windows(false), RowListener.NONE);
      assertThatThrownBy(() -> registry.start(windows(false), RowListener.NONE))
          .isInstanceOf(JobException.class)
          .hasMessageContaining("running already, with id " + first.id());
      assertThat(registry.cancel(first.id())).isTrue();
      await().until(() -> first.job().status().state() == JobStatus.State.CANCELLED);
      registry.start(windows(false), RowListener.NONE);
      assertThat(registry.list()).hasSize(2);
    }
  }

  @Test
  void anotherBrokerIsRefused() {
    Connector.Kafka topic = Plans.topic("events", false);
    Connector.Kafka elsewhere =
        new Connector.Kafka(
            topic.topic(),
            topic.keyFormat(),
            topic.keyFields(),
            topic.valueFormat(),
            true,
            topic.startup(),
            0,
            false,
            topic.onParseError(),
            false,
            topic.timestampFormat(),
            topic.guarantee(),
            Map.of("bootstrap.servers", "kafka.example.com:9092"));
    PlanNode events = Plans.events(elsewhere, Duration.ZERO, Duration.ZERO);
    assertThatThrownBy(
            () -> start(Plans.job("job", Plans.into("out", events)), JobSettings.defaults()))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("another broker");
  }

  @Test
  void optionsThatCannotBeUsedSayWhatIsAllowed() {
    assertThatThrownBy(
            () -> JobSettings.defaults().with(Map.of("execution.checkpointing.interval", "often")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("execution.checkpointing.interval is 'often'");
    assertThat(
            JobSettings.defaults()
                .with(Map.of("execution.checkpointing.interval", "2 s"))
                .checkpointInterval())
        .isEqualTo(Duration.ofSeconds(2));
  }
}
