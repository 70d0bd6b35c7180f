package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Delivery;
import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.ListOffset;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What holds of high watermarks, last stable offsets and listed offsets. */
final class WatermarkChecks {

  private final Facts facts;
  private final List<Violation> violations = new ArrayList<>();

  /** Somebody was told an offset. */
  private record Told(long sent, long answered, long offset, Operation by) {}

  private WatermarkChecks(Facts facts) {
    this.facts = facts;
  }

  static List<Violation> check(Facts facts) {
    WatermarkChecks checks = new WatermarkChecks(facts);
    Map<Integer, List<Told>> highWatermarks = new TreeMap<>();
    Map<Integer, List<Told>> stableOffsets = new TreeMap<>();
    for (Read read : facts.reads()) {
      checks.checkPair(read, read.highWatermark(), read.lastStableOffset());
      note(highWatermarks, read.partition(), read, read.highWatermark());
      note(stableOffsets, read.partition(), read, read.lastStableOffset());
    }
    for (ListOffset listed : facts.all(ListOffset.class)) {
      switch (listed.position()) {
        case LATEST -> note(highWatermarks, listed.partition(), listed, listed.offset());
        case LATEST_COMMITTED -> note(stableOffsets, listed.partition(), listed, listed.offset());
        case BY_TIME -> checks.checkListed(listed);
        case EARLIEST -> {
          // DeletionChecks has it.
        }
      }
    }
    for (Final end : facts.finals().values()) {
      note(highWatermarks, end.partition(), end, end.highWatermark());
      note(stableOffsets, end.partition(), end, end.lastStableOffset());
    }
    highWatermarks.values().forEach(checks::checkGrows);
    stableOffsets.values().forEach(checks::checkGrows);
    highWatermarks.forEach(checks::checkCoversAcknowledged);
    stableOffsets.forEach(checks::checkStopsAtOpen);
    return checks.violations;
  }

  private static void note(
      Map<Integer, List<Told>> told, int partition, Operation by, long offset) {
    if (offset >= 0) {
      told.computeIfAbsent(partition, each -> new ArrayList<>())
          .add(new Told(by.sent(), by.answered(), offset, by));
    }
  }

  private void report(Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  private void checkPair(Operation by, long highWatermark, long stable) {
    if (highWatermark >= 0 && stable > highWatermark) {
      report(Kind.WATERMARK, by + ": stable up to " + stable);
    }
  }

  /** Who asked after somebody else was told is told no less. */
  private void checkGrows(List<Told> all) {
    List<Told> bySent = all.stream().sorted(Comparator.comparingLong(Told::sent)).toList();
    List<Told> byAnswer = all.stream().sorted(Comparator.comparingLong(Told::answered)).toList();
    int next = 0;
    Told most = null;
    for (Told told : bySent) {
      while (next < byAnswer.size() && byAnswer.get(next).answered() < told.sent()) {
        Told before = byAnswer.get(next++);
        if (most == null || before.offset() > most.offset()) {
          most = before;
        }
      }
      if (most != null && told.offset() < most.offset()) {
        report(Kind.WATERMARK, told.by() + " is behind " + most.by());
      }
    }
  }

  /** What was acknowledged is visible to who asks after that. */
  private void checkCoversAcknowledged(int partition, List<Told> all) {
    for (Produce produce : facts.produces()) {
      if (produce.partition() != partition
          || produce.outcome() != Outcome.DONE
          || produce.delivery() == Delivery.UNSEEN
          || produce.offset() < 0) {
        continue;
      }
      long end = produce.offset() + produce.values().size();
      for (Told told : all) {
        if (produce.answered() < told.sent() && told.offset() < end) {
          report(Kind.WATERMARK, told.by() + " does not reach " + produce);
        }
      }
    }
  }

  /** Nothing is stable from where a transaction begins that nobody has begun to end. */
  private void checkStopsAtOpen(int partition, List<Told> all) {
    for (Produce produce : facts.produces()) {
      if (produce.partition() != partition
          || produce.transaction().isEmpty()
          || produce.outcome() != Outcome.DONE
          || produce.offset() < 0) {
        continue;
      }
      long ended =
          Math.min(
              Math.min(facts.transaction(produce.transaction()).endSent(), facts.settling()),
              facts.fenced(produce.who()));
      for (Told told : all) {
        if (produce.answered() < told.sent()
            && told.answered() < ended
            && told.offset() > produce.offset()) {
          report(Kind.WATERMARK, told.by() + " goes past the open " + produce);
        }
      }
    }
  }

  private void checkListed(ListOffset listed) {
    Final end = facts.finals().get(listed.partition());
    if (end != null && listed.sent() > facts.settling()) {
      long expected =
          Stream.of(end)
              .flatMap(each -> each.log().stream())
              .filter(each -> !each.isMarker() && each.offset() >= end.start())
              .filter(each -> each.timestamp() >= listed.timestamp())
              .mapToLong(Entry::offset)
              .findFirst()
              .orElse(-1);
      if (expected != listed.offset()) {
        report(Kind.LISTED_OFFSET, listed + " where " + expected + " is the first");
      }
    }
  }
}
