package io.millrace.bench.streams;

import io.millrace.bench.streams.run.Checksum;
import io.millrace.bench.streams.run.RunReport;
import io.millrace.bench.streams.run.RunScript;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.Disk;
import io.millrace.log.LogStore;
import io.millrace.streams.job.JobSettings;
import io.millrace.streams.job.JobStatus;
import io.millrace.streams.job.StreamJob;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Runs one script in Millrace's engine, in a process of its own, and prints a {@link RunReport}.
 */
public final class MillraceRun {

  private MillraceRun() {}

  /**
   * @param arguments the script, an empty folder, and a script to run before it for the JIT's sake,
   *     or nothing
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    try (ThreadTimer timer = new ThreadTimer("timer");
        LogStore store = LogStore.open(folder, Clock.system(), Disk.system());
        Broker broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer)) {
      if (arguments.length > 2) {
        run(RunScript.read(Path.of(arguments[2])), broker, timer, new Checksum());
      }
      RunReport report = new RunReport();
      Checksum checksum = new Checksum();
      run(RunScript.read(Path.of(arguments[0])), broker, timer, checksum);
      System.out.println(report.line(checksum));
    }
  }

  private static void run(RunScript script, Broker broker, ThreadTimer timer, Checksum checksum) {
    SqlSession session = new SqlSession();
    script.tables().forEach(statement -> session.execute(statement + ";"));
    SqlResult.Job planned = (SqlResult.Job) session.execute(script.query() + ";").getLast();
    JobSettings settings =
        JobSettings.defaults()
            .withCheckpointInterval(Duration.ofSeconds(10))
            .with(Map.of("millrace.state.max-bytes", "2 gb"));
    try (StreamJob job =
        StreamJob.start(
            planned.plan(),
            broker,
            settings,
            Clock.system(),
            timer,
            (row, type) -> checksum.add(row))) {
      JobStatus status = job.ended().toCompletableFuture().join();
      if (status.state() != JobStatus.State.FINISHED) {
        throw new IllegalStateException(
            "the job ended as " + status.state() + ": " + status.failure());
      }
    }
  }
}
