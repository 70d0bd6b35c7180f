package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.EndTransaction;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.Operation.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A history, ordered for questions. */
final class Facts {

  private final List<Operation> operations;
  private final List<Produce> produces = new ArrayList<>();
  private final List<Read> reads = new ArrayList<>();
  private final Map<String, Produce> byValue = new HashMap<>();
  private final Map<String, Transaction> transactions = new TreeMap<>();
  private final Map<Integer, Final> finals = new TreeMap<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private final Set<String> shown = new HashSet<>();
  private long settling = Operation.NEVER;

  /**
   * How a transaction ended.
   *
   * @param commitSent when its commit was asked for, or never
   * @param endSent when its end was asked for, or never
   * @param done when the end was acknowledged, or never
   */
  record Transaction(
      long commitSent, long endSent, long done, boolean isCommitted, boolean isAborted) {

    /** Never ended by its producer, so it is aborted in the end. */
    static final Transaction OPEN =
        new Transaction(Operation.NEVER, Operation.NEVER, Operation.NEVER, false, true);

    static Transaction ended(EndTransaction end) {
      boolean mayCommit = end.commit() && end.outcome() != Outcome.REFUSED;
      boolean done = end.outcome() == Outcome.DONE;
      return new Transaction(
          mayCommit ? end.sent() : Operation.NEVER,
          end.sent(),
          done ? end.answered() : Operation.NEVER,
          mayCommit && done,
          !mayCommit);
    }
  }

  Facts(List<Operation> operations) {
    this.operations = operations;
    for (Operation operation : operations) {
      switch (operation) {
        case Produce produce -> {
          produces.add(produce);
          produce.values().forEach(value -> byValue.putIfAbsent(value, produce));
          if (!produce.transaction().isEmpty()) {
            transactions.putIfAbsent(produce.transaction(), Transaction.OPEN);
          }
        }
        case EndTransaction end -> transactions.put(end.transaction(), Transaction.ended(end));
        case Read read -> reads.add(read);
        case Final end -> finals.put(end.partition(), end);
        case Operation.Settling now -> settling = now.sent();
        default -> {}
      }
    }
    for (Final end : finals.values()) {
      end.log().forEach(entry -> offsets.putIfAbsent(entry.value(), entry.offset()));
      end.committed().forEach(entry -> shown.add(entry.value()));
    }
  }

  <T extends Operation> List<T> all(Class<T> kind) {
    return operations.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Produce> produces() {
    return produces;
  }

  List<Read> reads() {
    return reads;
  }

  Map<Integer, Final> finals() {
    return finals;
  }

  Map<String, Transaction> transactions() {
    return transactions;
  }

  Transaction transaction(String name) {
    return transactions.getOrDefault(name, Transaction.OPEN);
  }

  /** Who sent a record, or null for nobody. */
  @Nullable Produce producer(String value) {
    return byValue.get(value);
  }

  /** Where a record is in the end, or null for nowhere. */
  @Nullable Long offsetOf(String value) {
    return offsets.get(value);
  }

  /** Whether a record is there for {@code read_committed} in the end. */
  boolean isShown(String value) {
    return shown.contains(value);
  }

  /** Whether a transaction counts, as its records show. */
  boolean counts(String name) {
    if (name.isEmpty() || transaction(name).isCommitted()) {
      return true;
    }
    return produces.stream()
        .filter(each -> each.transaction().equals(name))
        .flatMap(each -> each.values().stream())
        .anyMatch(this::isShown);
  }

  /** When a producer that came later fenced this one, or never. */
  long fenced(String who) {
    List<Operation.Begin> begins = all(Operation.Begin.class);
    for (Operation.Begin own : begins) {
      if (own.who().equals(who)) {
        return begins.stream()
            .filter(each -> each.transactionalId().equals(own.transactionalId()))
            .filter(each -> !each.who().equals(who) && each.answered() > own.sent())
            .mapToLong(Operation::sent)
            .min()
            .orElse(Operation.NEVER);
      }
    }
    return Operation.NEVER;
  }

  /** When the last client had ended. */
  long settling() {
    return settling;
  }
}
