package io.millrace.kafka.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a connection that are not answered yet, in the order in which they came, which is
 * the order in which their answers are written.
 *
 * <p>Confined to the connection's event loop.
 */
final class AnswerQueue {

  /** File regions weigh nothing in the socket's write buffer, so they are counted here. */
  private static final int MOST_OPEN_REGIONS = 256;

  private final Channel channel;
  private final boolean encrypted;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;
  private final ArrayDeque<Exchange> unanswered = new ArrayDeque<>();
  private long requestBytes;
  private int openRegions;
  private boolean reading;
  private boolean flushScheduled;

  /**
   * @param encrypted whether slices of the log must pass through this process
   */
  AnswerQueue(Channel channel, boolean encrypted, InFlightBudget budget, KafkaMetrics metrics) {
    this.channel = channel;
    this.encrypted = encrypted;
    this.budget = budget;
    this.metrics = metrics;
  }

  boolean isEmpty() {
    return unanswered.isEmpty();
  }

  /** A request has been read; its bytes have been taken from the budget. */
  void add(Exchange exchange) {
    unanswered.add(exchange);
    requestBytes += exchange.frameBytes();
  }

  /** Whether a request of that size may join those that are unanswered. */
  boolean hasRoomFor(int requestLength, ConnectionLimits limits) {
    if (!channel.isWritable()) {
      channel.flush();
    }
    return unanswered.size() < limits.maxRequests()
        && (requestBytes + requestLength <= limits.maxRequestBytesInFlight()
            || unanswered.isEmpty())
        && openRegions < MOST_OPEN_REGIONS
        && channel.isWritable();
  }

  /** The request's bytes are no longer held. */
  void settle(Exchange exchange) {
    requestBytes -= exchange.frameBytes();
    budget.give(exchange.frameBytes());
  }

  /** Writes all answers whose turn has come. Returns whether there was one. */
  boolean writeThoseDue() {
    boolean wrote = false;
    while (!unanswered.isEmpty() && unanswered.peek().isAnswered()) {
      wrote |= write(unanswered.remove().takeReply());
    }
    if (wrote) {
      flushSoon();
    }
    return wrote;
  }

  private boolean write(@Nullable Object reply) {
    if (reply == null) {
      return false;
    }
    if (reply instanceof List<?> parts) {
      for (Object part : parts) {
        writePart(part);
      }
    } else {
      writePart(reply);
    }
    return true;
  }

  private void writePart(Object part) {
    metrics.bytesOut.add(
        part instanceof ByteBuf bytes ? bytes.readableBytes() : ((SliceRegion) part).count());
    Object written =
        encrypted && part instanceof SliceRegion region ? new SliceChunks(region) : part;
    ChannelFuture unused = channel.write(written, channel.voidPromise());
  }

  // ---- one flush for all that is answered in a turn of the loop ----

  /** Bytes are being read: what is answered meanwhile is flushed when that ends. */
  void readingBegins() {
    reading = true;
  }

  void readingEnds() {
    reading = false;
    channel.flush();
  }

  private void flushSoon() {
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      channel
          .eventLoop()
          .execute(
              () -> {
                flushScheduled = false;
                channel.flush();
              });
    }
  }

  void regionOpened() {
    openRegions++;
  }

  void regionClosed() {
    openRegions--;
  }

  /** The connection has gone: nothing is answered any more. */
  void close() {
    for (Exchange exchange : unanswered) {
      exchange.connectionClosed();
    }
    unanswered.clear();
  }
}
