package io.millrace.kafka.net;

import io.millrace.kafka.wire.MalformedRequestException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the bytes of a connection into requests, and starts them while that is allowed.
 *
 * <p>The socket is left unread ("stalled") while any of these holds, and bytes already read wait in
 * the {@link ReadBuffer}: too many requests, or too many of their bytes, are unanswered; the client
 * does not read its answers; the node's {@link InFlightBudget} is used up; the client is held back
 * because it is above a quota.
 *
 * <p>Confined to the connection's event loop.
 */
final class RequestIntake {

  private static final Logger LOG = LoggerFactory.getLogger(RequestIntake.class);

  private final Connection connection;
  private final Channel channel;
  private final ApiTable apis;
  private final ConnectionLimits limits;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;
  private final Authentication authentication;
  private final AnswerQueue answers;
  private final RequestDispatch dispatch;
  private final ReadBuffer read;
  private boolean consuming;
  private boolean stalled;
  private boolean held;
  private long heldUntilNanos;

  RequestIntake(
      Connection connection,
      Channel channel,
      ApiTable apis,
      ConnectionLimits limits,
      InFlightBudget budget,
      KafkaMetrics metrics,
      AnswerQueue answers) {
    this.connection = connection;
    this.channel = channel;
    this.apis = apis;
    this.limits = limits;
    this.budget = budget;
    this.metrics = metrics;
    this.authentication = connection.authentication();
    this.answers = answers;
    this.dispatch = new RequestDispatch(connection, apis, answers, budget, metrics);
    this.read = new ReadBuffer(LoopBuffer.ofThisLoop(channel.alloc()), budget);
  }

  /** Where the bytes of a socket in the clear are read to. */
  ReadBuffer readBuffer() {
    return read;
  }

  /** True when a request has begun to arrive, and its rest is waited for. */
  boolean awaitsRest() {
    return read.holdsPartial() && !stalled && !held;
  }

  // ---- bytes in ----

  /** Bytes that were read from the socket to where the {@link #readBuffer} said. */
  void arrived(ByteBuf bytes) {
    metrics.bytesIn.add(read.lastBytesRead());
    if (read.owns(bytes)) {
      // The read buffer keeps a reference of its own.
      bytes.release();
    }
    if (connection.isClosed()) {
      read.drop(bytes);
      return;
    }
    consume(bytes);
  }

  /**
   * Bytes that TLS has decrypted come in buffers of its own, and may come while the socket is no
   * longer read: what one read of the socket held. They join what waits here.
   */
  void decrypted(ByteBuf bytes) {
    metrics.bytesIn.add(bytes.readableBytes());
    if (connection.isClosed()) {
      bytes.release();
      return;
    }
    ByteBuf waiting = read.partial();
    if (waiting == null && !stalled) {
      consume(bytes);
      return;
    }
    waiting = read.append(bytes);
    if (!stalled) {
      consume(waiting);
    }
  }

  /**
   * Starts the requests in {@code from}, of which one reference is consumed, and keeps the rest.
   */
  private void consume(ByteBuf from) {
    consuming = true;
    try {
      int unfinished = startRequests(from);
      if (connection.isClosed() || !from.isReadable()) {
        read.drop(from);
      } else if (unfinished < 0) {
        read.keepUnread(from);
        stall();
      } else if (!read.keepPartial(from, unfinished)) {
        stall();
        budget.whenFree(read.wantedBytes(unfinished), true, this::resumeFromAnywhere);
      }
    } catch (MalformedRequestException e) {
      read.drop(from);
      connection.closeFor(metrics.closedForBadFrame, e.getMessage());
    } finally {
      consuming = false;
    }
  }

  /**
   * Starts whole requests while they may be.
   *
   * @return -1 when a whole request has to wait; else the size of the unfinished request at the
   *     end, or 0 when it is not known
   */
  private int startRequests(ByteBuf from) {
    while (!connection.isClosed() && from.readableBytes() >= 4) {
      int start = from.readerIndex();
      int length = from.getInt(start);
      checkLength(from, start, length);
      if (from.readableBytes() - 4 < length) {
        return 4 + length;
      }
      if (!mayStart(from, length)) {
        return -1;
      }
      from.readerIndex(start + 4 + length);
      read.completed(4 + length);
      dispatch.start(from, start + 4, length);
    }
    return 0;
  }

  private void checkLength(ByteBuf from, int start, int length) {
    int most =
        authentication.isComplete()
            ? limits.maxRequestBytes()
            : Math.min(limits.maxRequestBytes(), Authentication.MAX_REQUEST_BYTES);
    if (length < RequestDispatch.LEAST_FRAME_BYTES || length > most) {
      throw new MalformedRequestException(
          "a request of "
              + length
              + " bytes; allowed: "
              + RequestDispatch.LEAST_FRAME_BYTES
              + " to "
              + most
              + (authentication.isComplete()
                  ? " (socket.request.max.bytes)"
                  : " before authentication"));
    }
    if (from.readableBytes() >= 6) {
      Api api = apis.find(from.getShort(start + 4));
      if (api != null && length > api.maxRequestBytes()) {
        throw new MalformedRequestException(
            api.name() + " of " + length + " bytes; allowed: " + api.maxRequestBytes());
      }
    }
  }

  /** Whether a whole request may be started; if so, its bytes have been taken from the budget. */
  private boolean mayStart(ByteBuf from, int length) {
    if (held || !answers.hasRoomFor(length, limits)) {
      return false;
    }
    if (read.owns(from)) {
      // These bytes are paid for as part of the buffer that they arrived in.
      budget.take(length);
    } else if (!budget.tryTake(length)) {
      budget.whenFree(length, false, this::resumeFromAnywhere);
      return false;
    }
    return true;
  }

  // ---- stalling and resuming ----

  private void stall() {
    if (!stalled) {
      stalled = true;
      metrics.throttled.increment();
      channel.config().setAutoRead(false);
    }
  }

  private void resumeFromAnywhere() {
    try {
      channel.eventLoop().execute(this::resume);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is closed with the server", channel);
    }
  }

  /** Goes on where it stalled, if it did and may. */
  void resume() {
    if (!stalled || held || consuming || !connection.takesRequests()) {
      return;
    }
    stalled = false;
    ByteBuf waiting = read.partial();
    if (waiting != null) {
      consume(waiting);
    }
    if (!stalled && !held && connection.takesRequests()) {
      channel.config().setAutoRead(true);
    }
  }

  /**
   * Starts no request, and leaves the socket unread, for a time; the longest one asked for counts.
   */
  void hold(int millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    if (!held) {
      held = true;
      heldUntilNanos = until;
      channel.config().setAutoRead(false);
      awaitRelease();
    } else if (until - heldUntilNanos > 0) {
      heldUntilNanos = until;
    }
  }

  private void awaitRelease() {
    ScheduledFuture<?> unused =
        channel
            .eventLoop()
            .schedule(this::release, heldUntilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void release() {
    if (connection.isClosed()) {
      return;
    }
    if (heldUntilNanos - System.nanoTime() > 0) {
      awaitRelease();
      return;
    }
    held = false;
    if (stalled) {
      resume();
    } else if (connection.takesRequests()) {
      channel.config().setAutoRead(true);
    }
  }

  /** The connection has gone; bytes that are being consumed are given back when that ends. */
  void close() {
    if (!consuming) {
      read.close();
    }
  }
}
