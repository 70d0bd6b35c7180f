package io.millrace.console.management;

import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.amqp.connection.OpenConnection;
import io.millrace.amqp.connection.OpenConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the open connections are, asked of their event loops. */
final class LiveConnections {

  /** For all of them together: an event loop answers between two batches of frames. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private LiveConnections() {}

  /** All that answer in time. */
  static List<ConnectionStatus> all(OpenConnections connections) throws InterruptedException {
    List<CompletionStage<ConnectionStatus>> asked = new ArrayList<>();
    for (OpenConnection each : connections.all()) {
      CompletionStage<ConnectionStatus> stage = ask(each);
      if (stage != null) {
        asked.add(stage);
      }
    }
    List<ConnectionStatus> answered = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (CompletionStage<ConnectionStatus> each : asked) {
      ConnectionStatus status = await(each, deadline);
      if (status != null) {
        answered.add(status);
      }
    }
    return answered;
  }

  /** The one of that name, or null. */
  static @Nullable ConnectionStatus find(OpenConnections connections, String name)
      throws InterruptedException {
    OpenConnection connection = connections.find(name);
    CompletionStage<ConnectionStatus> stage = connection == null ? null : ask(connection);
    return stage == null ? null : await(stage, System.nanoTime() + PATIENCE.toNanos());
  }

  private static @Nullable CompletionStage<ConnectionStatus> ask(OpenConnection connection) {
    try {
      return connection.status();
    } catch (RejectedExecutionException e) {
      // Its event loop has ended.
      return null;
    }
  }

  private static @Nullable ConnectionStatus await(
      CompletionStage<ConnectionStatus> stage, long deadline) throws InterruptedException {
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      return stage.toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return null;
    }
  }
}
