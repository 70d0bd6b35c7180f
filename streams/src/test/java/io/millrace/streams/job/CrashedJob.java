package io.millrace.streams.job;

import io.millrace.core.Clock;
import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Sent;
import io.millrace.streams.plan.Connector.DeliveryGuarantee;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.WindowSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that {@link JobKillTest} kills: a node that feeds itself events and runs a job over
 * them. Event {@code i} of a partition is always the same, so feeding goes on where the log ends.
 */
final class CrashedJob {

  static final int PARTITIONS = 3;
  static final int EVENTS_EACH = 4000;
  static final int KEYS = 700;

  private static final LocalDateTime START = LocalDateTime.of(2001, 1, 1, 0, 0);
  private static final int FED_AT_ONCE = 8;

  private CrashedJob() {}

  /**
   * @param args the data folder, and how many threads read
   */
  public static void main(String[] args) {
    try (TestNode node = new TestNode(Path.of(args[0]))) {
      if (node.broker().topics().find("events") == null) {
        node.create("events", PARTITIONS);
        node.create("copy", PARTITIONS);
        node.create("windows", PARTITIONS);
      }
      PlanNode events =
          Plans.events(Plans.topic("events", false), Duration.ofSeconds(5), Duration.ZERO);
      PlanNode windows =
          Plans.windows(
              events,
              new WindowSpec.Hop(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ZERO));
      JobSettings settings =
          JobSettings.defaults()
              .withCheckpointInterval(Duration.ofMillis(5))
              .withMaxOutputBytes(4096)
              .withParallelism(Integer.parseInt(args[1]));
      try (StreamJob job =
          StreamJob.start(
              Plans.job(
                  "crashed",
                  Plans.into("copy", events),
                  Plans.into("windows", windows),
                  Plans.into("some-twice", events, DeliveryGuarantee.AT_LEAST_ONCE)),
              node.broker(),
              settings,
              Clock.system(),
              node.timer(),
              RowListener.NONE)) {
        System.out.println("READY");
        System.out.flush();
        feed(node);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!job.status().state().isEnd() && !hasAll(node) && System.nanoTime() - deadline < 0) {
          LockSupport.parkNanos(5_000_000);
        }
        System.out.println(
            job.status().state() == JobStatus.State.RUNNING ? "DONE" : job.status().failure());
      }
    }
  }

  private static boolean hasAll(TestNode node) {
    return node.records("copy").size() >= PARTITIONS * (EVENTS_EACH + 1)
        && node.records("windows").size() >= JobKillTest.model().size();
  }

  private static void feed(TestNode node) {
    boolean more = true;
    while (more) {
      more = false;
      for (int partition = 0; partition < PARTITIONS; partition++) {
        long next = node.partition("events", partition).endOffset();
        List<Sent> batch = new ArrayList<>();
        for (long i = next; i <= EVENTS_EACH && batch.size() < FED_AT_ONCE; i++) {
          batch.add(new Sent(null, event(partition, (int) i)));
        }
        if (!batch.isEmpty()) {
          node.send("events", partition, batch);
          more = true;
        }
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Unique in {@code v}; the last of a partition lies far ahead and completes all windows. */
  static String event(int partition, int i) {
    int value = value(partition, i);
    LocalDateTime time =
        i == EVENTS_EACH ? START.plusDays(1) : START.plusNanos(1_000_000L * time(i, value));
    return "{\"k\":\"k%d\",\"v\":%d,\"t\":\"%s %02d:%02d:%02d.%03d\"}"
        .formatted(
            value % KEYS,
            value,
            time.toLocalDate(),
            time.getHour(),
            time.getMinute(),
            time.getSecond(),
            time.getNano() / 1_000_000);
  }

  static int value(int partition, int i) {
    return i * PARTITIONS + partition;
  }

  /** Milliseconds after the start: in order but for up to three seconds. */
  static int time(int i, int value) {
    return i * 40 + value * 7919 % 3000;
  }
}
