package io.millrace.amqp.connection;

import io.millrace.amqp.auth.Rights;
import io.millrace.amqp.channel.Peer;
import io.millrace.amqp.channel.PublishBatch;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's channels see of it: a buffer to write to, which is sent when the event loop
 * has done what it had to, and a way to wait for an answer.
 */
final class SocketPeer implements Peer {

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int SEND_AT_BYTES = 64 * 1024;

  private final Connection connection;
  private final ChannelHandlerContext context;
  private final ReplyTargets replies;
  private final AmqpMetrics metrics;
  private final Executor loop;
  private Session session;
  private @Nullable ByteBuf buffer;
  private boolean flushScheduled;
  private boolean closed;
  private boolean blocked;
  private boolean heldForCredit;
  private volatile boolean writable = true;

  /** The number of what is waited for, or 0. */
  private long waitingFor;

  private long waits;
  private long bytesOut;
  private long sends;

  @SuppressWarnings("NullAway.Init") // The session needs it to be made.
  SocketPeer(
      Connection connection,
      ChannelHandlerContext context,
      ReplyTargets replies,
      AmqpMetrics metrics) {
    this.replies = replies;
    this.connection = connection;
    this.context = context;
    this.metrics = metrics;
    this.loop = context.executor();
  }

  /** Says whose peer it is, before it is used. */
  void opened(Session of) {
    session = of;
  }

  /** Runs a task on the event loop after a while. */
  void after(Duration delay, Runnable task) {
    var unused = context.executor().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  ChannelHandlerContext context() {
    return context;
  }

  // ---- out ----

  @Override
  public ByteBuf out() {
    if (closed) {
      return Unpooled.buffer();
    }
    ByteBuf present = buffer;
    if (present != null && present.readableBytes() >= SEND_AT_BYTES) {
      write(present);
      present = null;
    }
    if (present == null) {
      present = context.alloc().buffer(BUFFER_BYTES);
      buffer = present;
    }
    if (!flushScheduled) {
      flushScheduled = true;
      context.executor().execute(this::flush);
    }
    return present;
  }

  private void write(ByteBuf full) {
    buffer = null;
    metrics.bytesOut.add(full.readableBytes());
    bytesOut += full.readableBytes();
    sends++;
    ChannelFuture unused = context.write(full);
  }

  /** Bytes handed to the socket. */
  long bytesOut() {
    return bytesOut;
  }

  /** How often bytes were handed to it. */
  long sends() {
    return sends;
  }

  /** Sends what is written. */
  void flush() {
    flushScheduled = false;
    ByteBuf present = buffer;
    if (present != null) {
      write(present);
    }
    context.flush();
  }

  void sendAndClose() {
    if (closed) {
      return;
    }
    ByteBuf present = buffer;
    buffer = null;
    closed = true;
    ChannelFuture unused =
        context
            .writeAndFlush(present == null ? Unpooled.EMPTY_BUFFER : present)
            .addListener(ChannelFutureListener.CLOSE);
  }

  void release() {
    closed = true;
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }

  void writabilityChanged() {
    writable = context.channel().isWritable();
    readOn();
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  // ---- waiting ----

  boolean isWaiting() {
    return waitingFor != 0;
  }

  void stopWaiting() {
    if (waitingFor != 0) {
      waitingFor = 0;
      readOn();
    }
  }

  @Override
  public <T> void await(CompletionStage<T> stage, int channel, int method, Consumer<T> then) {
    long wait = ++waits;
    waitingFor = wait;
    boolean[] atOnce = {true};
    stage.whenComplete(
        (result, failure) -> {
          Runnable answer =
              () -> {
                if (waitingFor == wait) {
                  waitingFor = 0;
                  answered(result, failure, channel, method, then);
                  if (!atOnce[0]) {
                    readOn();
                    connection.goOn();
                  }
                }
              };
          if (context.executor().inEventLoop()) {
            answer.run();
          } else {
            loop.execute(answer);
          }
        });
    atOnce[0] = false;
    if (waitingFor == wait) {
      // What comes meanwhile stays in the socket.
      context.channel().config().setAutoRead(false);
    }
  }

  private <T> void answered(
      T result, @Nullable Throwable failure, int channel, int method, Consumer<T> then) {
    if (failure != null) {
      Throwable cause = failure.getCause();
      session.failed(
          failure instanceof CompletionException && cause != null ? cause : failure,
          channel,
          method);
      return;
    }
    try {
      then.accept(result);
    } catch (RuntimeException e) {
      session.failed(e, channel, method);
    }
  }

  /** Whether what the client sends is read at all at present. */
  boolean isReading() {
    return waitingFor == 0 && writable && !blocked && !heldForCredit;
  }

  /** Stops reading, or goes on. */
  void block(boolean stop) {
    blocked = stop;
    readOn();
  }

  /** Stops reading until the queues have taken what is on its way to them, or goes on. */
  void holdForCredit(boolean stop) {
    heldForCredit = stop;
    readOn();
  }

  boolean isClosed() {
    return closed;
  }

  boolean isBlocked() {
    return blocked;
  }

  /**
   * Reads the socket unless an answer is waited for, what is written is not taken, or memory is
   * full.
   */
  private void readOn() {
    context.channel().config().setAutoRead(isReading());
  }

  // ---- the connection's ----

  @Override
  public int frameMax() {
    return session.handshake().frameMax();
  }

  @Override
  public Executor loop() {
    return loop;
  }

  @Override
  public VirtualHost host() {
    return Objects.requireNonNull(session.handshake().host());
  }

  @Override
  public String user() {
    return session.handshake().user();
  }

  @Override
  public Rights rights() {
    return Objects.requireNonNull(session.handshake().rights());
  }

  @Override
  public Object owner() {
    return connection;
  }

  @Override
  public PublishBatch publishes() {
    return session.publishes();
  }

  @Override
  public ReplyTargets replies() {
    return replies;
  }

  @Override
  public void closed(int channel) {
    session.closed(channel);
  }
}
