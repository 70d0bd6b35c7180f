package io.millrace.kafka.consistency;

import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** What happened, as the clients saw it. Any thread adds. */
final class History {

  private final AtomicLong ticks = new AtomicLong();
  private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

  /** The next tick: what has an earlier one happened before. */
  long now() {
    return ticks.incrementAndGet();
  }

  void add(Operation operation) {
    operations.add(operation);
  }

  /** In the order in which they were sent. */
  List<Operation> operations() {
    return operations.stream().sorted(Comparator.comparingLong(Operation::sent)).toList();
  }

  /** One line for each operation that says something; reads of nothing are left out. */
  static String print(List<Operation> operations) {
    return operations.stream()
        .filter(each -> !(each instanceof Operation.Read read && read.entries().isEmpty()))
        .map(History::line)
        .collect(Collectors.joining("\n"));
  }

  private static String line(Operation operation) {
    String answered =
        operation.answered() == Operation.NEVER ? "never" : Long.toString(operation.answered());
    return "%6d–%-6s %-12s %s"
        .formatted(operation.sent(), answered, operation.who(), text(operation));
  }

  private static String text(Operation operation) {
    return switch (operation) {
      case Operation.Produce o ->
          "produce to %d %s%s%s: %s%s"
              .formatted(
                  o.partition(),
                  o.values(),
                  in(o.transaction()),
                  o.again() ? " again" : "",
                  o.outcome(),
                  o.offset() < 0 ? "" : " at " + o.offset());
      case Operation.EndTransaction o ->
          "%s %s: %s".formatted(o.commit() ? "commit" : "abort", o.transaction(), o.outcome());
      case Operation.CommitOffset o ->
          "commit offset %d of %s/%d%s: %s"
              .formatted(o.offset(), o.group(), o.partition(), in(o.transaction()), o.outcome());
      case Operation.FetchOffset o ->
          "offset of %s/%d: %d".formatted(o.group(), o.partition(), o.offset());
      case Operation.Read o ->
          "read %s %d from %d to %d: %s (high watermark %d, stable %d)"
              .formatted(
                  o.committed() ? "committed" : "all",
                  o.partition(),
                  o.from(),
                  o.next(),
                  entries(o.entries()),
                  o.highWatermark(),
                  o.lastStableOffset());
      case Operation.ListOffset o ->
          "%s%s of %d: %d"
              .formatted(
                  o.position(),
                  o.position() == Operation.Position.BY_TIME ? " " + o.timestamp() : "",
                  o.partition(),
                  o.offset());
      case Operation.Begin o -> "begins as " + o.transactionalId();
      case Operation.DeleteRecords o ->
          "delete records of %d before %d".formatted(o.partition(), o.before());
      case Operation.OutOfRange o ->
          "read %d from %d: out of range".formatted(o.partition(), o.from());
      case Operation.Owned o -> "has had %s/%d".formatted(o.group(), o.partition());
      case Operation.Refused o -> "REFUSED " + o.what();
      case Operation.Crash unused -> "CRASH";
      case Operation.Settling unused -> "all clients have ended";
      case Operation.Copying o -> "%s copies %d to %d".formatted(o.group(), o.input(), o.output());
      case Operation.Final o ->
          "partition %d in the end, from %d up to %d (stable %d): %s; committed: %s"
              .formatted(
                  o.partition(),
                  o.start(),
                  o.highWatermark(),
                  o.lastStableOffset(),
                  entries(o.log()),
                  entries(o.committed()));
    };
  }

  private static String in(String transaction) {
    return transaction.isEmpty() ? "" : " in " + transaction;
  }

  private static String entries(List<Operation.Entry> entries) {
    return entries.stream()
        .map(each -> each.offset() + "=" + (each.isMarker() ? "(end)" : each.value()))
        .collect(Collectors.joining(" "));
  }
}
