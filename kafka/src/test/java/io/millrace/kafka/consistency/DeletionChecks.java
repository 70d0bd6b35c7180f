package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.DeleteRecords;
import io.millrace.kafka.consistency.Operation.ListOffset;
import io.millrace.kafka.consistency.Operation.OutOfRange;
import io.millrace.kafka.consistency.Operation.Position;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.List;

/** What holds of where logs start: what was deleted, and nothing else, is there no more. */
final class DeletionChecks {

  private final List<DeleteRecords> deletions;
  private final List<Violation> violations = new ArrayList<>();

  private DeletionChecks(Facts facts) {
    deletions = facts.all(DeleteRecords.class);
  }

  static List<Violation> check(Facts facts) {
    DeletionChecks checks = new DeletionChecks(facts);
    for (ListOffset listed : facts.all(ListOffset.class)) {
      if (listed.position() == Position.EARLIEST) {
        checks.checkStart(listed);
      }
    }
    facts.reads().forEach(checks::checkRead);
    facts.all(OutOfRange.class).forEach(checks::checkOutOfRange);
    return checks.violations;
  }

  /** Where a log starts at least for who asks then, since that was told to somebody before. */
  private long least(int partition, long sent) {
    return deletions.stream()
        .filter(each -> each.partition() == partition && each.answered() < sent)
        .mapToLong(DeleteRecords::before)
        .max()
        .orElse(0);
  }

  /** Where a log starts at most for who is answered then, since nobody has asked for more. */
  private long most(int partition, long answered) {
    return deletions.stream()
        .filter(each -> each.partition() == partition && each.sent() < answered)
        .mapToLong(DeleteRecords::before)
        .max()
        .orElse(0);
  }

  private void checkStart(ListOffset listed) {
    long least = least(listed.partition(), listed.sent());
    long most = most(listed.partition(), listed.answered());
    if (listed.offset() < least || listed.offset() > most) {
      violations.add(
          new Violation(
              Kind.LISTED_OFFSET, listed + " where the log starts at " + least + " to " + most));
    }
  }

  /** Kafka's consumer may have fetched before it is asked; it tells no watermark. */
  private void checkRead(Read read) {
    long start = least(read.partition(), read.sent());
    if (read.highWatermark() >= 0 && read.from() < start) {
      violations.add(
          new Violation(Kind.DELETED_READ, read + ", though all before " + start + " is deleted"));
    }
  }

  private void checkOutOfRange(OutOfRange refused) {
    if (refused.from() >= most(refused.partition(), refused.answered())) {
      violations.add(new Violation(Kind.REFUSED, refused + ", though that was not deleted"));
    }
  }
}
