package io.millrace.console.management;

import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.queue.MessageCounts;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.MessageQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is sampled, by RabbitMQ's names, in the order in which samples hold it. */
final class Metrics {

  /** Of messages: members of {@code message_stats}. */
  static final List<String> STATS = stats();

  /** How long queues are. */
  static final List<String> LENGTHS =
      List.of("messages", "messages_ready", "messages_unacknowledged");

  /** What went over sockets. */
  static final List<String> OCTETS = List.of("recv_oct", "send_oct");

  /** Of an exchange: members of {@code message_stats}. */
  static final List<String> TRAFFIC = List.of("publish_in", "publish_out");

  /** What came and went. */
  static final List<String> CHURN =
      List.of(
          "channel_closed",
          "channel_created",
          "connection_closed",
          "connection_created",
          "queue_created",
          "queue_declared",
          "queue_deleted");

  private Metrics() {}

  private static List<String> stats() {
    List<String> names = new ArrayList<>();
    for (Count count : Count.values()) {
      names.add(count.name().toLowerCase(Locale.ROOT));
    }
    names.add("deliver_get");
    return List.copyOf(names);
  }

  static long[] of(MessageCounts counts) {
    long[] values = new long[STATS.size()];
    int at = 0;
    for (Count count : Count.values()) {
      values[at++] = counts.get(count);
    }
    values[at] = counts.deliverGet();
    return values;
  }

  static long[] lengths(long ready, long unacknowledged) {
    return new long[] {ready + unacknowledged, ready, unacknowledged};
  }

  /** {@link #STATS}, then {@link #LENGTHS}. */
  static long[] of(MessageQueue queue) {
    return join(of(queue.counts()), lengths(queue.readyCount(), queue.outCount()));
  }

  static long[] of(ExchangeTraffic traffic) {
    return new long[] {traffic.in(), traffic.out()};
  }

  static long[] join(long[]... parts) {
    int length = 0;
    for (long[] each : parts) {
      length += each.length;
    }
    long[] joined = new long[length];
    int at = 0;
    for (long[] each : parts) {
      System.arraycopy(each, 0, joined, at, each.length);
      at += each.length;
    }
    return joined;
  }
}
