package io.millrace.cdn.topic;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One request, from its head to its answer.
 *
 * <pre>
 *   collecting ── body complete ──→ at work ──→ answered
 *       └── refused, too large ─────────────────────┘
 * </pre>
 *
 * Confined to the request's loop, save {@link #answer}, which any thread may call, once.
 */
final class TopicCall implements OriginCall {

  private final OriginRequest request;
  private final ResponseListener listener;
  private final TopicApiSettings settings;
  private final AtomicLong bytesInFlight;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private Consumer<byte[]> whole = unused -> {};
  private Runnable whenGone = () -> {};
  private Runnable whenAnswered = () -> {};
  private long reserved;
  private boolean collecting;
  private boolean over;

  TopicCall(
      OriginRequest request,
      ResponseListener listener,
      TopicApiSettings settings,
      AtomicLong bytesInFlight) {
    this.request = request;
    this.listener = listener;
    this.settings = settings;
    this.bytesInFlight = bytesInFlight;
  }

  OriginRequest request() {
    return request;
  }

  /** Takes the body in, and hands it over on the loop once it is complete. */
  void collect(Consumer<byte[]> then) {
    collecting = true;
    whole = then;
  }

  static Refusal tooLarge(int maxBodyBytes) {
    return new Refusal(
        413, "A body may have at most " + maxBodyBytes + " bytes (edge.topics.max-body-size).");
  }

  @Override
  public boolean isWritable() {
    return collecting;
  }

  @Override
  public void send(ByteBuf piece) {
    try {
      int bytes = piece.readableBytes();
      if (!collecting) {
        return;
      }
      if (body.size() + (long) bytes > settings.maxBodyBytes()) {
        refuse(tooLarge(settings.maxBodyBytes()));
      } else if (!reserve(bytes)) {
        refuse(Refusal.overloaded("bodies"));
      } else {
        byte[] copy = new byte[bytes];
        piece.readBytes(copy);
        body.writeBytes(copy);
      }
    } finally {
      piece.release();
    }
  }

  private boolean reserve(int bytes) {
    if (bytesInFlight.addAndGet(bytes) > settings.maxBytesInFlight()) {
      bytesInFlight.addAndGet(-bytes);
      return false;
    }
    reserved += bytes;
    return true;
  }

  @Override
  public void sendEnd() {
    if (collecting) {
      collecting = false;
      whole.accept(body.toByteArray());
    }
  }

  /** Answers without more of the body. Not at once: the listener may not know this call yet. */
  void refuse(Refusal refusal) {
    collecting = false;
    answer(Answer.of(refusal));
  }

  /** Answers; any thread. */
  void answer(Answer answer) {
    try {
      request.loop().execute(() -> tell(answer));
    } catch (RejectedExecutionException e) {
      // The edge has closed, and this client's connection with it.
      bytesInFlight.addAndGet(-reserved);
    }
  }

  private void tell(Answer answer) {
    if (over) {
      return;
    }
    Runnable then = whenAnswered;
    settle();
    then.run();
    Fields.Builder fields = answer.fields();
    boolean bodiless = answer.status() == 204 || answer.status() == 304;
    if (!bodiless) {
      fields.add("Content-Length", Integer.toString(answer.body().length));
    }
    Cors.addTo(fields, settings, request.fields());
    listener.onHead(new ResponseHead(answer.status(), fields.build()));
    if (!bodiless && answer.body().length > 0 && !request.method().equals("HEAD")) {
      listener.onBody(Unpooled.wrappedBuffer(answer.body()));
    }
    listener.onEnd();
  }

  /** Runs something once if the client goes before it is answered; on the loop. */
  void whenGone(Runnable then) {
    if (over) {
      then.run();
    } else {
      whenGone = then;
    }
  }

  /** Runs something once it is answered; on the loop. */
  void whenAnswered(Runnable then) {
    if (over) {
      then.run();
    } else {
      whenAnswered = then;
    }
  }

  private void settle() {
    over = true;
    collecting = false;
    whenGone = () -> {};
    whenAnswered = () -> {};
    bytesInFlight.addAndGet(-reserved);
    reserved = 0;
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {
    if (!over) {
      Runnable then = whenGone;
      settle();
      then.run();
    }
  }
}
