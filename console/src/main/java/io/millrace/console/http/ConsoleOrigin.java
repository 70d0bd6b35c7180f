package io.millrace.console.http;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers the requests that come to the console's port. Each is checked on its event loop, then
 * handled on a virtual thread of its own; at most {@value #MOST_AT_ONCE} are handled at a time,
 * streams included, and further ones are answered 503.
 */
public final class ConsoleOrigin implements Origin {

  private static final int MOST_AT_ONCE = 256;

  private final RequestGuard guard;
  private final Function<String, BodyLimit> limits;
  private final Supplier<Router> router;
  private final Function<Problem, Answer.Whole> problems;
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("console-", 0).factory());

  /**
   * An origin that serves nothing yet.
   *
   * @param limits how long bodies may be, by the path of the request
   * @param router asked for by every request, from many threads; the first one may take its time
   */
  public ConsoleOrigin(
      RequestGuard guard, Function<String, BodyLimit> limits, Supplier<Router> router) {
    this(guard, limits, router, Problem::answer);
  }

  /**
   * One that words refusals in its own way.
   *
   * @param problems what is answered for what no endpoint has served
   */
  public ConsoleOrigin(
      RequestGuard guard,
      Function<String, BodyLimit> limits,
      Supplier<Router> router,
      Function<Problem, Answer.Whole> problems) {
    this.guard = guard;
    this.limits = limits;
    this.router = router;
    this.problems = problems;
  }

  @Override
  public OriginCall fetch(OriginRequest request, ResponseListener listener) {
    BodyLimit limit = limits.apply(request.target().path());
    ConsoleCall call = new ConsoleCall(this, request, listener, limit);
    Problem refusal = guard.refusal(request.method(), request.target(), request.fields());
    if (refusal == null
        && request.body() instanceof Framing.Length length
        && length.bytes() > limit.bytes()) {
      refusal = ConsoleCall.tooLarge(limit);
    }
    if (refusal != null) {
      call.refuse(refusal);
    } else if (request.body() instanceof Framing.None) {
      call.sendEnd();
    }
    return call;
  }

  /** Runs the handling of a call; false when there is no room or the console is closing. */
  boolean execute(Runnable handling) {
    if (!room.tryAcquire()) {
      return false;
    }
    try {
      threads.execute(
          () -> {
            try {
              handling.run();
            } finally {
              room.release();
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      room.release();
      return false;
    }
  }

  Answer.Whole answer(Problem problem) {
    return problems.apply(problem);
  }

  Router router() {
    return router.get();
  }

  /** Interrupts whatever is still being handled. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
