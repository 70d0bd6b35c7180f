package io.millrace.console.management;

import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.broker.queue.MessageCounts;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import java.util.List;

/**
 * What the channels, queues and sockets of some virtual hosts add up to.
 *
 * @param counts of messages, as channels saw them
 */
record Totals(MessageCounts counts, long ready, long unacknowledged, long bytesIn, long bytesOut) {

  /** Of one virtual host. */
  static Totals of(VirtualHost host, List<ConnectionStatus> connections) {
    MessageCounts counts = host.endedCounts();
    long in = 0;
    long out = 0;
    for (ConnectionStatus connection : connections) {
      if (connection.virtualHost().equals(host.name())) {
        in += connection.bytesIn();
        out += connection.bytesOut();
        for (ChannelStatus channel : connection.channels()) {
          counts = counts.plus(channel.counts());
        }
      }
    }
    long ready = 0;
    long unacknowledged = 0;
    for (MessageQueue queue : host.queues()) {
      ready += queue.readyCount();
      unacknowledged += queue.outCount();
    }
    return new Totals(counts, ready, unacknowledged, in, out);
  }

  Totals plus(Totals other) {
    return new Totals(
        counts.plus(other.counts),
        ready + other.ready,
        unacknowledged + other.unacknowledged,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut);
  }

  /** {@link Metrics#STATS}, {@link Metrics#LENGTHS}, {@link Metrics#OCTETS}. */
  long[] values() {
    return Metrics.join(
        Metrics.of(counts), Metrics.lengths(ready, unacknowledged), new long[] {bytesIn, bytesOut});
  }

  static Totals none() {
    return new Totals(MessageCounts.NONE, 0, 0, 0, 0);
  }
}
