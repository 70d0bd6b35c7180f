package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what in a history cannot be. It goes by the operations alone, and by two rules: what was
 * answered before something else was sent happened before it, and what nobody has answered may have
 * happened or not.
 *
 * <p>This class looks at records; {@link OffsetChecks} at groups' positions, {@link
 * MembershipChecks} at their members, {@link WatermarkChecks} and {@link DeletionChecks} at what
 * nodes tell of a partition.
 */
final class HistoryChecker {

  private final Facts facts;
  private final List<Violation> violations = new ArrayList<>();

  private HistoryChecker(Facts facts) {
    this.facts = facts;
  }

  /** All violations, none when all is well. */
  static List<Violation> check(List<Operation> operations) {
    Facts facts = new Facts(operations);
    HistoryChecker checker = new HistoryChecker(facts);
    facts.finals().values().forEach(checker::checkLog);
    facts.produces().forEach(checker::checkAcknowledged);
    checker.checkOrder();
    facts.finals().values().forEach(checker::checkCommitted);
    facts.transactions().forEach(checker::checkAtomic);
    facts.reads().forEach(checker::checkRead);
    for (Operation operation : operations) {
      if (operation instanceof Operation.Refused refused) {
        checker.report(Kind.REFUSED, refused.who() + ": " + refused.what());
      }
    }
    List<Violation> all = new ArrayList<>(checker.violations);
    all.addAll(OffsetChecks.check(facts));
    all.addAll(WatermarkChecks.check(facts));
    all.addAll(DeletionChecks.check(facts));
    all.addAll(MembershipChecks.check(facts));
    return all;
  }

  private void report(Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  /** Each record in a log is one that was sent to it, and is there once. */
  private void checkLog(Final end) {
    Map<String, Long> seen = new HashMap<>();
    for (Entry entry : end.log()) {
      if (entry.isMarker()) {
        continue;
      }
      Produce sent = facts.producer(entry.value());
      if (sent == null || sent.partition() != end.partition()) {
        report(Kind.PHANTOM, entry + " is in partition " + end.partition());
      }
      Long before = seen.put(entry.value(), entry.offset());
      if (before != null) {
        report(Kind.DUPLICATE, entry + " is also at " + before + " of " + end.partition());
      }
    }
  }

  private void checkAcknowledged(Produce produce) {
    if (produce.outcome() != Outcome.DONE || !facts.finals().containsKey(produce.partition())) {
      return;
    }
    for (int i = 0; i < produce.values().size(); i++) {
      Long at = facts.offsetOf(produce.values().get(i));
      if (at == null) {
        report(Kind.LOST, produce.values().get(i) + " of " + produce + " is not there");
      } else if (produce.offset() >= 0 && at != produce.offset() + i) {
        report(Kind.LOST, produce.values().get(i) + " of " + produce + " is at " + at);
      }
    }
  }

  /**
   * One producer's records of a partition are in its order, and an idempotent one's without gap.
   */
  private void checkOrder() {
    record Stream(String who, int partition) {}
    Map<Stream, Long> last = new HashMap<>();
    Map<Stream, Produce> missing = new HashMap<>();
    for (Produce produce : facts.produces()) {
      if (produce.again() || produce.outcome() == Outcome.REFUSED) {
        continue;
      }
      Stream stream = new Stream(produce.who(), produce.partition());
      for (String value : produce.values()) {
        Long at = facts.offsetOf(value);
        if (at == null) {
          missing.putIfAbsent(stream, produce);
          continue;
        }
        if (at < last.getOrDefault(stream, -1L)) {
          report(Kind.REORDERED, value + " at " + at + " is behind a later record of " + stream);
        }
        last.put(stream, at);
        Produce gap = missing.get(stream);
        if (gap != null
            && gap.delivery() == Operation.Delivery.ONCE
            && gap.transaction().equals(produce.transaction())) {
          report(Kind.GAP, value + " is there, and not all of " + gap);
        }
      }
    }
  }

  /** The committed view is the log without what no commit has decided for. */
  private void checkCommitted(Final end) {
    Set<String> shown = new HashSet<>();
    for (Entry entry : end.committed()) {
      shown.add(entry.value());
      checkClean(entry, end.answered(), "the end");
    }
    for (Entry entry : end.log()) {
      Produce sent = entry.isMarker() ? null : facts.producer(entry.value());
      if (sent != null && sent.transaction().isEmpty() && !shown.contains(entry.value())) {
        report(Kind.LOST, entry + ", which is in no transaction, is not shown as committed");
      }
    }
    if (end.lastStableOffset() != end.highWatermark()) {
      report(
          Kind.STUCK,
          "partition " + end.partition() + " has an open transaction though all have ended");
    }
  }

  private void checkClean(Entry entry, long answered, String reader) {
    Produce sent = facts.producer(entry.value());
    if (sent == null || sent.transaction().isEmpty()) {
      return;
    }
    Facts.Transaction transaction = facts.transaction(sent.transaction());
    if (transaction.commitSent() > answered || transaction.isAborted()) {
      report(
          Kind.DIRTY_READ,
          reader + " shows " + entry + " of " + sent.transaction() + ", which was not committed");
    }
  }

  private void checkAtomic(String name, Facts.Transaction transaction) {
    List<String> there = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (Produce produce : facts.produces()) {
      if (produce.transaction().equals(name) && facts.finals().containsKey(produce.partition())) {
        for (String value : produce.values()) {
          if (facts.offsetOf(value) != null) {
            there.add(value);
          }
          if (facts.isShown(value)) {
            shown.add(value);
          }
        }
      }
    }
    boolean all = shown.size() == there.size();
    if ((!all && !shown.isEmpty()) || (!all && transaction.isCommitted())) {
      report(
          Kind.NOT_ATOMIC,
          name
              + (transaction.isCommitted() ? ", which was committed," : "")
              + " has written "
              + there
              + ", of which "
              + shown
              + " count");
    }
  }

  /** A read shows just what is there between where it began and where it goes on. */
  private void checkRead(Read read) {
    Final end = facts.finals().get(read.partition());
    if (read.committed()) {
      read.entries().forEach(entry -> checkClean(entry, read.answered(), read.who()));
    }
    if (end == null) {
      return;
    }
    List<Entry> expected =
        (read.committed() ? end.committed() : end.log())
            .stream()
                .filter(each -> each.offset() >= read.from() && each.offset() < read.next())
                .filter(each -> !each.isMarker())
                .toList();
    if (!expected.equals(read.entries())) {
      report(Kind.WRONG_READ, read + " where there is " + expected);
    }
    long limit = read.committed() ? read.lastStableOffset() : read.highWatermark();
    if (limit >= 0 && read.next() > Math.max(limit, read.from())) {
      report(Kind.WRONG_READ, read + " goes past " + limit);
    }
  }
}
