package io.millrace.streams.connector;

import io.millrace.streams.operator.JobException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits for the broker where a job has nothing else to do: while it starts. */
public final class Blocking {

  private Blocking() {}

  /**
   * The stage's result.
   *
   * @param failing begins the sentence when it fails
   */
  public static <T> T get(CompletionStage<T> stage, String failing) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new JobException(failing + ": " + cause.getMessage(), cause);
    }
  }
}
