package io.millrace.amqp.connection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of all connections. Any thread. */
public final class AmqpMetrics {

  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger channels = new AtomicInteger();
  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder closed = new LongAdder();
  final LongAdder channelsOpened = new LongAdder();
  final LongAdder channelsClosed = new LongAdder();
  final LongAdder failedAuthentications = new LongAdder();
  final LongAdder failedHandshakes = new LongAdder();
  final LongAdder closedForError = new LongAdder();
  final LongAdder closedForSilence = new LongAdder();
  final LongAdder blocked = new LongAdder();
  final LongAdder outOfCredit = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();

  /** Open connections. */
  public int connections() {
    return connections.get();
  }

  /** How often a connection had more on its way to queues than it may, and was not read. */
  public long outOfCredit() {
    return outOfCredit.sum();
  }

  /** TLS handshakes that failed. */
  public long failedHandshakes() {
    return failedHandshakes.sum();
  }

  /** Open channels. */
  public int channels() {
    return channels.get();
  }

  /** Connections accepted since the start. */
  public long accepted() {
    return accepted.sum();
  }

  /** Connections that have ended. */
  public long closed() {
    return closed.sum();
  }

  /** Channels opened since the start. */
  public long channelsOpened() {
    return channelsOpened.sum();
  }

  /** Channels that have ended. */
  public long channelsClosed() {
    return channelsClosed.sum();
  }

  /** Connections refused because there were too many. */
  public long refused() {
    return refused.sum();
  }

  /** Clients that could not show who they are. */
  public long failedAuthentications() {
    return failedAuthentications.sum();
  }

  /** Connections closed because of what their client sent. */
  public long closedForError() {
    return closedForError.sum();
  }

  /** Connections closed because no heartbeat came. */
  public long closedForSilence() {
    return closedForSilence.sum();
  }

  /** How often a publisher was kept waiting for memory. */
  public long blocked() {
    return blocked.sum();
  }

  /** Bytes read. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Bytes written. */
  public long bytesOut() {
    return bytesOut.sum();
  }
}
