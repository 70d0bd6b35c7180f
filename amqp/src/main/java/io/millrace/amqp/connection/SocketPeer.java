package io.millrace.amqp.connection;

import io.millrace.amqp.channel.Peer;
import io.millrace.amqp.channel.PublishBatch;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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
  private final AmqpMetrics metrics;
  private final Executor loop;
  private @Nullable ByteBuf buffer;
  private boolean flushScheduled;
  private boolean closed;
  private volatile boolean writable = true;

  /** The number of what is waited for, or 0. */
  private long waitingFor;

  private long waits;

  SocketPeer(Connection connection, ChannelHandlerContext context, AmqpMetrics metrics) {
    this.connection = connection;
    this.context = context;
    this.metrics = metrics;
    this.loop =
        task -> {
          if (context.executor().inEventLoop()) {
            task.run();
          } else {
            context.executor().execute(task);
          }
        };
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
    ChannelFuture unused = context.write(full);
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
        (result, failure) ->
            loop.execute(
                () -> {
                  if (waitingFor == wait) {
                    waitingFor = 0;
                    answered(result, failure, channel, method, then);
                    if (!atOnce[0]) {
                      readOn();
                      connection.goOn();
                    }
                  }
                }));
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
      connection.failed(
          failure instanceof CompletionException && cause != null ? cause : failure,
          channel,
          method);
      return;
    }
    try {
      then.accept(result);
    } catch (RuntimeException e) {
      connection.failed(e, channel, method);
    }
  }

  /** Reads the socket unless an answer is waited for, or what is written is not taken. */
  private void readOn() {
    context.channel().config().setAutoRead(waitingFor == 0 && writable);
  }

  // ---- the connection's ----

  @Override
  public int frameMax() {
    return connection.frameMax();
  }

  @Override
  public Executor loop() {
    return loop;
  }

  @Override
  public VirtualHost host() {
    return connection.host();
  }

  @Override
  public String user() {
    return connection.user();
  }

  @Override
  public Object owner() {
    return connection;
  }

  @Override
  public PublishBatch publishes() {
    return connection.publishes();
  }

  @Override
  public ReplyTargets replies() {
    return connection.replies();
  }

  @Override
  public void closed(int channel) {
    connection.closed(channel);
  }
}
