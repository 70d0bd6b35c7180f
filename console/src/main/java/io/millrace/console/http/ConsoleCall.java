package io.millrace.console.http;

import io.millrace.broker.BrokerException;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, from its head to the end of its answer.
 *
 * <pre>
 *   collecting ── body complete ──→ handling (virtual thread) ──→ answered
 *       └── refused, too large ──────────────────────────────────────┘
 * </pre>
 *
 * The methods of {@link OriginCall} run on the request's event loop, as do all calls to the
 * listener; the handler's thread hands pieces over to that loop and waits while {@value
 * #MOST_PIECES} of them are on their way or the client reads slowly.
 */
final class ConsoleCall implements OriginCall, BodySink {

  private static final Logger LOG = LoggerFactory.getLogger(ConsoleCall.class);
  private static final int MOST_PIECES = 4;

  private final ConsoleOrigin console;
  private final OriginRequest request;
  private final ResponseListener listener;
  private final BodyLimit limit;

  /** Confined to the loop, then handed to the handler's thread once it is complete. */
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  private boolean collecting = true;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final List<Runnable> onGone = new ArrayList<>(1);
  private boolean paused;
  private boolean gone;
  private int onTheirWay;

  ConsoleCall(
      ConsoleOrigin console, OriginRequest request, ResponseListener listener, BodyLimit limit) {
    this.console = console;
    this.request = request;
    this.listener = listener;
    this.limit = limit;
  }

  static Problem tooLarge(BodyLimit limit) {
    return new Problem(
        413,
        "A request's body may have at most " + limit.bytes() + " bytes (" + limit.setting() + ").",
        Map.of());
  }

  // ---- the request ----

  @Override
  public boolean isWritable() {
    return collecting;
  }

  @Override
  public void send(ByteBuf piece) {
    try {
      if (!collecting) {
        return;
      }
      if (body.size() + piece.readableBytes() > limit.bytes()) {
        refuse(tooLarge(limit));
        return;
      }
      byte[] bytes = new byte[piece.readableBytes()];
      piece.readBytes(bytes);
      body.writeBytes(bytes);
    } finally {
      piece.release();
    }
  }

  @Override
  public void sendEnd() {
    if (collecting) {
      collecting = false;
      if (!console.execute(this::handle)) {
        refuse(new Problem(503, "The console serves too many requests at this moment.", Map.of()));
      }
    }
  }

  /** Answers without a handler. Not at once, since the listener does not know this call yet. */
  void refuse(Problem problem) {
    collecting = false;
    Answer.Whole answer = console.answer(problem);
    onLoop(() -> tell(answer));
  }

  // ---- the answer ----

  private void handle() {
    Answer answer;
    try {
      answer =
          console
              .router()
              .serve(request.method(), request.target(), request.fields(), body.toByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = console.answer(new Problem(503, "The console is closing.", Map.of()));
    } catch (RuntimeException e) {
      answer = console.answer(problemOf(e));
    }
    switch (answer) {
      case Answer.Whole whole -> onLoop(() -> tell(whole));
      case Answer.Streamed streamed -> stream(streamed);
    }
  }

  private Problem problemOf(RuntimeException failure) {
    return switch (failure) {
      case ProblemException refused -> refused.problem();
      case BrokerException refused -> BrokerProblems.of(refused);
      default -> {
        LOG.error("{} {} failed", request.method(), request.target().path(), failure);
        yield new Problem(
            500, "The request failed for a reason inside the node; its log says which.", Map.of());
      }
    };
  }

  /** On the loop: passes a whole answer on. */
  private void tell(Answer.Whole answer) {
    if (isGone()) {
      return;
    }
    Fields.Builder fields = safely(answer.fields());
    if (answer.status() != 204) {
      fields.add("Content-Length", Integer.toString(answer.body().length));
    }
    listener.onHead(new ResponseHead(answer.status(), fields.build()));
    if (answer.body().length > 0 && !request.method().equals("HEAD")) {
      listener.onBody(Unpooled.wrappedBuffer(answer.body()));
    }
    listener.onEnd();
  }

  private void stream(Answer.Streamed answer) {
    ResponseHead head = new ResponseHead(200, safely(answer.fields()).build());
    onLoop(
        () -> {
          if (!isGone()) {
            listener.onHead(head);
          }
        });
    try {
      if (!request.method().equals("HEAD")) {
        answer.writer().writeTo(this);
      }
      onLoop(
          () -> {
            if (!isGone()) {
              listener.onEnd();
            }
          });
    } catch (IOException e) {
      LOG.debug("The client of {} went away", request.target().path());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      breakOff();
    } catch (RuntimeException e) {
      LOG.error("The stream {} failed", request.target().path(), e);
      breakOff();
    }
  }

  /** The head is out already: only the end of the connection tells that something is missing. */
  private void breakOff() {
    onLoop(
        () -> {
          if (!isGone()) {
            listener.onFailure(new io.millrace.cdn.http.HttpError(502, "the answer broke off"));
          }
        });
  }

  private static Fields.Builder safely(Fields fields) {
    return fields
        .edit()
        .add("X-Content-Type-Options", "nosniff")
        .add("Cross-Origin-Resource-Policy", "same-origin")
        .add("Referrer-Policy", "no-referrer");
  }

  @Override
  public void write(byte[] piece) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!gone && (paused || onTheirWay >= MOST_PIECES)) {
        moved.await();
      }
      if (gone) {
        throw new IOException("the client is gone");
      }
      onTheirWay++;
    } finally {
      lock.unlock();
    }
    onLoop(() -> hand(piece));
  }

  /** On the loop: passes a piece on, outside the lock since the listener may pause this call. */
  private void hand(byte[] piece) {
    if (!isGone()) {
      listener.onBody(Unpooled.wrappedBuffer(piece));
    }
    lock.lock();
    try {
      onTheirWay--;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void onLoop(Runnable task) {
    try {
      request.loop().execute(task);
    } catch (RejectedExecutionException e) {
      cancel();
    }
  }

  @Override
  public boolean isGone() {
    lock.lock();
    try {
      return gone;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void whenGone(Runnable then) {
    lock.lock();
    try {
      if (!gone) {
        onGone.add(then);
        return;
      }
    } finally {
      lock.unlock();
    }
    then.run();
  }

  @Override
  public void pause() {
    setPaused(true);
  }

  @Override
  public void resume() {
    setPaused(false);
  }

  private void setPaused(boolean value) {
    lock.lock();
    try {
      paused = value;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancel() {
    List<Runnable> told;
    lock.lock();
    try {
      if (gone) {
        return;
      }
      gone = true;
      told = List.copyOf(onGone);
      onGone.clear();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    collectingEnds();
    told.forEach(Runnable::run);
  }

  private void collectingEnds() {
    if (request.loop().inEventLoop()) {
      collecting = false;
    }
  }
}
