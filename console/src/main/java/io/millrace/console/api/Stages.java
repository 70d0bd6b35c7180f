package io.millrace.console.api;

import io.millrace.broker.BrokerException;
import io.millrace.console.http.ProblemException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the domain's answers, on a request's own virtual thread. */
public final class Stages {

  private static final long LONGEST_SECONDS = 30;

  private Stages() {}

  /**
   * The result of a stage.
   *
   * @throws BrokerException as the domain refused it
   * @throws ProblemException 504 when there is no answer in time
   */
  public static <T> T await(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new ProblemException(
          504, "The node did not answer within " + LONGEST_SECONDS + " seconds; it may still.");
    }
  }
}
