package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.Copying;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.List;

/** What holds of groups' positions, each of which only grows. */
final class OffsetChecks {

  private static final String COPY = "copy of ";
  private static final String BY = " by ";

  private final Facts facts;
  private final List<Violation> violations = new ArrayList<>();

  private OffsetChecks(Facts facts) {
    this.facts = facts;
  }

  static List<Violation> check(Facts facts) {
    OffsetChecks checks = new OffsetChecks(facts);
    List<FetchOffset> looks = facts.all(FetchOffset.class);
    for (FetchOffset look : looks) {
      checks.checkAgainstCommits(look);
      checks.checkAgainstEarlier(look, looks);
    }
    facts.all(Copying.class).forEach(checks::checkCopy);
    return checks.violations;
  }

  private static boolean sameAs(CommitOffset commit, FetchOffset look) {
    return commit.group().equals(look.group()) && commit.partition() == look.partition();
  }

  private void checkAgainstCommits(FetchOffset look) {
    boolean known = look.offset() == -1;
    for (CommitOffset commit : facts.all(CommitOffset.class)) {
      if (!sameAs(commit, look) || commit.outcome() == Outcome.REFUSED) {
        continue;
      }
      boolean inTransaction = !commit.transaction().isEmpty();
      Facts.Transaction transaction = facts.transaction(commit.transaction());
      long begun = inTransaction ? transaction.commitSent() : commit.sent();
      boolean mayCount = begun < look.answered() && facts.counts(commit.transaction());
      known |= mayCount && commit.offset() == look.offset();
      long done = inTransaction ? transaction.done() : commit.answered();
      boolean counts = inTransaction ? transaction.isCommitted() : commit.outcome() == Outcome.DONE;
      if (counts && done < look.sent() && commit.offset() > look.offset()) {
        violations.add(
            new Violation(Kind.OFFSET_WENT_BACK, look + ", and before there was " + commit));
      }
    }
    if (!known) {
      violations.add(new Violation(Kind.OFFSET_UNKNOWN, look + ", which was not committed"));
    }
  }

  private void checkAgainstEarlier(FetchOffset look, List<FetchOffset> looks) {
    for (FetchOffset earlier : looks) {
      if (earlier.group().equals(look.group())
          && earlier.partition() == look.partition()
          && earlier.answered() < look.sent()
          && earlier.offset() > look.offset()) {
        violations.add(
            new Violation(Kind.OFFSET_WENT_BACK, look + ", and before there was " + earlier));
      }
    }
  }

  /** A copy and the position up to which it was copied go together. */
  private void checkCopy(Copying copying) {
    Final input = facts.finals().get(copying.input());
    Final output = facts.finals().get(copying.output());
    if (input == null || output == null) {
      return;
    }
    long position = -1;
    for (FetchOffset look : facts.all(FetchOffset.class)) {
      if (look.group().equals(copying.group())
          && look.partition() == copying.input()
          && look.sent() > facts.settling()) {
        position = look.offset();
      }
    }
    long end = position;
    List<String> expected =
        input.committed().stream()
            .filter(each -> each.offset() < end)
            .map(Operation.Entry::value)
            .toList();
    List<String> copies =
        output.committed().stream()
            .map(Operation.Entry::value)
            .filter(each -> each.startsWith(COPY))
            .map(OffsetChecks::original)
            .toList();
    if (!expected.equals(copies)) {
      violations.add(
          new Violation(
              Kind.NOT_ATOMIC,
              copying.group()
                  + " stands at "
                  + end
                  + " and has copied "
                  + copies
                  + " of "
                  + expected));
    }
  }

  /** The value of a copy, which tells one attempt to make it from another. */
  static String copyOf(String value, String attempt) {
    return COPY + value + BY + attempt;
  }

  private static String original(String copy) {
    return copy.substring(COPY.length(), copy.lastIndexOf(BY));
  }
}
