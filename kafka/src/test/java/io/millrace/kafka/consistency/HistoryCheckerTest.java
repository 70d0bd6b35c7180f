package io.millrace.kafka.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.consistency.Operation.Begin;
import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.Copying;
import io.millrace.kafka.consistency.Operation.DeleteRecords;
import io.millrace.kafka.consistency.Operation.Delivery;
import io.millrace.kafka.consistency.Operation.EndTransaction;
import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.ListOffset;
import io.millrace.kafka.consistency.Operation.OutOfRange;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Owned;
import io.millrace.kafka.consistency.Operation.Position;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.Operation.Settling;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The checker finds nothing in a history that is right, and each kind of wrong in one that is not.
 */
class HistoryCheckerTest {

  private static final int SETTLED = 1000;

  // Partition 0: two records of p, a committed and an aborted transaction with their markers.
  private static final Produce FIRST = produce("p", 0, 1, 2, 0, "p-0", "p-1");
  private static final Produce SECOND = produce("p", 0, 3, 4, 2, "p-2");
  private static final Produce COMMITTED = inTransaction("t", "t#0", 5, 6, 3, "t-0", "t-1");
  private static final EndTransaction COMMIT =
      new EndTransaction("t", "t#0", true, 7, 8, Outcome.DONE);
  private static final Produce ABORTED = inTransaction("t", "t#1", 9, 10, 6, "t-2");
  private static final EndTransaction ABORT =
      new EndTransaction("t", "t#1", false, 11, 12, Outcome.DONE);
  private static final List<Entry> LOG = entries("p-0", "p-1", "p-2", "t-0", "t-1", "", "t-2", "");
  private static final List<Entry> SHOWN = LOG.subList(0, 5);

  private static Produce produce(
      String who, int partition, long sent, long answered, long offset, String... values) {
    return new Produce(
        who,
        partition,
        List.of(values),
        Operation.NO_TRANSACTION,
        Delivery.ONCE,
        false,
        sent,
        answered,
        Outcome.DONE,
        offset);
  }

  private static Produce inTransaction(
      String who, String name, long sent, long answered, long offset, String... values) {
    return new Produce(
        who, 0, List.of(values), name, Delivery.ONCE, false, sent, answered, Outcome.DONE, offset);
  }

  private static Produce unanswered(Produce produce) {
    return new Produce(
        produce.who(),
        produce.partition(),
        produce.values(),
        produce.transaction(),
        produce.delivery(),
        false,
        produce.sent(),
        Operation.NEVER,
        Outcome.UNKNOWN,
        -1);
  }

  /** Records one after the other, the timestamp of each ten times its offset. */
  private static List<Entry> entries(String... values) {
    List<Entry> entries = new ArrayList<>();
    for (String value : values) {
      entries.add(new Entry(entries.size(), 10L * entries.size(), value));
    }
    return entries;
  }

  private static Final end(int partition, List<Entry> log, List<Entry> committed) {
    return new Final(
        "final", partition, 0, log, committed, log.size(), log.size(), SETTLED + 10, SETTLED + 11);
  }

  private static Read read(boolean committed, long from, long next, Entry... entries) {
    return new Read("c", 0, committed, from, next, List.of(entries), 8, 8, 20, 21);
  }

  /** The history above with other operations, and with another end of partition 0. */
  private static List<Operation> history(Final end, Operation... more) {
    return Stream.concat(
            Stream.of(
                FIRST,
                SECOND,
                COMMITTED,
                COMMIT,
                ABORTED,
                ABORT,
                new Settling("plan", SETTLED, SETTLED),
                end),
            Arrays.stream(more))
        .sorted(java.util.Comparator.comparingLong(Operation::sent))
        .toList();
  }

  private static List<Operation> history(Operation... more) {
    return history(end(0, LOG, SHOWN), more);
  }

  private static List<Kind> found(List<Operation> operations) {
    return HistoryChecker.check(operations).stream().map(Violation::kind).distinct().toList();
  }

  private static Entry at(int offset) {
    return LOG.get(offset);
  }

  @Test
  void aHistoryInWhichAllIsRightIsLeftAlone() {
    assertThat(
            HistoryChecker.check(
                history(
                    read(false, 0, 3, at(0), at(1), at(2)),
                    read(true, 2, 8, at(2), at(3), at(4)),
                    new ListOffset("o", 0, Position.EARLIEST, 0, 30, 31, 0),
                    new ListOffset("o", 0, Position.LATEST, 0, 32, 33, 8),
                    new ListOffset(
                        "final", 0, Position.BY_TIME, 35, SETTLED + 20, SETTLED + 21, 4))))
        .isEmpty();
  }

  @Test
  void anAcknowledgedRecordThatIsNotThereIsLost() {
    List<Entry> log = entries("p-0", "p-1");
    assertThat(found(List.of(FIRST, SECOND, end(0, log, log)))).contains(Kind.LOST);
  }

  @Test
  void anAcknowledgedRecordThatIsElsewhereThanToldIsLost() {
    List<Entry> log = entries("p-0", "p-1", "x-0", "p-2");
    Produce other = produce("x", 0, 1, 9, 2, "x-0");
    assertThat(found(List.of(FIRST, SECOND, other, end(0, log, log)))).containsExactly(Kind.LOST);
  }

  @Test
  void anUnansweredRecordMayBeThereOrNot() {
    Produce second = unanswered(SECOND);
    List<Entry> without = entries("p-0", "p-1");
    List<Entry> with = entries("p-0", "p-1", "p-2");
    assertThat(found(List.of(FIRST, second, end(0, without, without)))).isEmpty();
    assertThat(found(List.of(FIRST, second, end(0, with, with)))).isEmpty();
  }

  @Test
  void aRecordThatIsThereTwiceIsADuplicate() {
    List<Entry> log = entries("p-0", "p-1", "p-2", "p-2");
    assertThat(found(List.of(FIRST, SECOND, end(0, log, log)))).containsExactly(Kind.DUPLICATE);
  }

  @Test
  void aRecordThatNobodySentIsAPhantom() {
    List<Entry> log = entries("p-0", "p-1", "p-2", "ghost");
    assertThat(found(List.of(FIRST, SECOND, end(0, log, log)))).containsExactly(Kind.PHANTOM);
  }

  @Test
  void recordsOfOneProducerOutOfItsOrderAreReordered() {
    List<Entry> log = entries("p-2", "p-0", "p-1");
    assertThat(
            found(
                List.of(
                    produce("p", 0, 1, 9, 1, "p-0", "p-1"),
                    produce("p", 0, 2, 8, 0, "p-2"),
                    end(0, log, log))))
        .containsExactly(Kind.REORDERED);
  }

  @Test
  void anIdempotentProducersRecordBehindAMissingOneIsAGap() {
    List<Entry> log = entries("p-2");
    assertThat(found(List.of(unanswered(FIRST), produce("p", 0, 3, 4, 0, "p-2"), end(0, log, log))))
        .containsExactly(Kind.GAP);
  }

  @Test
  void aRecordOfAnAbortedTransactionMustNotBeRead() {
    assertThat(found(history(read(true, 2, 8, at(2), at(3), at(4), at(6)))))
        .contains(Kind.DIRTY_READ);
    assertThat(found(history(end(0, LOG, List.of(at(0), at(1), at(2), at(3), at(4), at(6))))))
        .contains(Kind.DIRTY_READ);
  }

  @Test
  void aRecordMustNotBeReadBeforeItsCommitWasAskedFor() {
    Read early = new Read("c", 0, true, 3, 5, List.of(at(3), at(4)), 8, 8, 5, 6);
    assertThat(found(history(early))).contains(Kind.DIRTY_READ);
  }

  @Test
  void aCommittedTransactionCountsWhole() {
    assertThat(found(history(end(0, LOG, LOG.subList(0, 4))))).containsExactly(Kind.NOT_ATOMIC);
    assertThat(found(history(end(0, LOG, LOG.subList(0, 3))))).containsExactly(Kind.NOT_ATOMIC);
  }

  @Test
  void aTransactionWhoseCommitIsUnansweredCountsWholeOrNotAtAll() {
    EndTransaction inDoubt =
        new EndTransaction("t", "t#0", true, 7, Operation.NEVER, Outcome.UNKNOWN);
    List<Entry> log = entries("t-0", "t-1", "");
    Produce written = inTransaction("t", "t#0", 5, 6, 0, "t-0", "t-1");
    assertThat(found(List.of(written, inDoubt, end(0, log, List.of())))).isEmpty();
    assertThat(found(List.of(written, inDoubt, end(0, log, log.subList(0, 2))))).isEmpty();
    assertThat(found(List.of(written, inDoubt, end(0, log, log.subList(0, 1)))))
        .containsExactly(Kind.NOT_ATOMIC);
  }

  @Test
  void aReadThatSkipsChangesOrGoesTooFarIsWrong() {
    assertThat(found(history(read(false, 0, 3, at(0), at(2))))).containsExactly(Kind.WRONG_READ);
    assertThat(found(history(read(false, 0, 1, new Entry(0, 0, "p-1")))))
        .containsExactly(Kind.WRONG_READ);
    Read past = new Read("c", 0, false, 0, 2, List.of(at(0), at(1)), 1, 1, 1, 2);
    assertThat(found(history(past))).contains(Kind.WRONG_READ);
  }

  @Test
  void aTransactionThatStaysOpenIsStuck() {
    Final end = new Final("final", 0, 0, LOG, SHOWN, LOG.size(), 6, SETTLED + 10, SETTLED + 11);
    assertThat(found(history(end))).containsExactly(Kind.STUCK);
  }

  // ---- watermarks ----

  @Test
  void aWatermarkThatFallsIsSeen() {
    assertThat(
            found(
                history(
                    new ListOffset("o", 0, Position.LATEST, 0, 20, 21, 8),
                    new ListOffset("o", 0, Position.LATEST, 0, 22, 23, 7))))
        .containsExactly(Kind.WATERMARK);
    assertThat(
            found(
                history(
                    new ListOffset("o", 0, Position.LATEST_COMMITTED, 0, 20, 21, 8),
                    new ListOffset("o", 0, Position.LATEST_COMMITTED, 0, 22, 23, 7))))
        .containsExactly(Kind.WATERMARK);
  }

  @Test
  void looksAtTheSameTimeMayBeToldDifferentThings() {
    assertThat(
            found(
                history(
                    new ListOffset("o", 0, Position.LATEST, 0, 7, 9, 7),
                    new ListOffset("q", 0, Position.LATEST, 0, 8, 10, 6))))
        .isEmpty();
  }

  @Test
  void aWatermarkBeforeAnAcknowledgedRecordIsWrong() {
    assertThat(found(history(new ListOffset("o", 0, Position.LATEST, 0, 5, 6, 1))))
        .containsExactly(Kind.WATERMARK);
  }

  @Test
  void nothingIsStableBehindTheBeginOfAnOpenTransaction() {
    Produce open = inTransaction("u", "u#0", 13, 14, 8, "u-0");
    Begin begin = new Begin("u", "u", 1, 2);
    List<Entry> log = entries("p-0", "p-1", "p-2", "t-0", "t-1", "", "t-2", "", "u-0", "");
    Final end = end(0, log, SHOWN);
    ListOffset tooFar = new ListOffset("o", 0, Position.LATEST_COMMITTED, 0, 15, 16, 9);
    assertThat(found(history(end, begin, open, tooFar))).containsExactly(Kind.WATERMARK);
    // Another producer of its id may have had it aborted by then.
    Begin fencing = new Begin("v", "u", 14, 15);
    assertThat(found(history(end, begin, open, fencing, tooFar))).isEmpty();
  }

  @Test
  void stableIsNotPastVisible() {
    Read wrong = new Read("c", 0, false, 0, 0, List.of(), 4, 5, 20, 21);
    assertThat(found(history(wrong))).contains(Kind.WATERMARK);
  }

  @Test
  void offsetsAreListedAsTheyAre() {
    assertThat(found(history(new ListOffset("o", 0, Position.EARLIEST, 0, 30, 31, 1))))
        .containsExactly(Kind.LISTED_OFFSET);
    assertThat(
            found(
                history(
                    new ListOffset(
                        "final", 0, Position.BY_TIME, 35, SETTLED + 20, SETTLED + 21, 3))))
        .containsExactly(Kind.LISTED_OFFSET);
  }

  // ---- deletions ----

  private static final DeleteRecords DELETED = new DeleteRecords("d", 0, 3, 40, 41);

  @Test
  void aLogStartsWhereRecordsWereDeleted() {
    assertThat(found(history(DELETED, earliest(50, 3)))).isEmpty();
    assertThat(found(history(DELETED, earliest(50, 2)))).containsExactly(Kind.LISTED_OFFSET);
    assertThat(found(history(DELETED, earliest(50, 4)))).containsExactly(Kind.LISTED_OFFSET);
    assertThat(found(history(DELETED, earliest(30, 3)))).containsExactly(Kind.LISTED_OFFSET);
  }

  private static ListOffset earliest(long sent, long offset) {
    return new ListOffset("o", 0, Position.EARLIEST, 0, sent, sent + 1, offset);
  }

  @Test
  void nothingIsReadThatWasDeletedBefore() {
    Read before = read(false, 0, 3, LOG.get(0), LOG.get(1), LOG.get(2));
    assertThat(found(history(DELETED, before))).isEmpty();
    assertThat(found(history(new DeleteRecords("d", 0, 3, 14, 15), before)))
        .containsExactly(Kind.DELETED_READ);
  }

  @Test
  void aReaderIsOutOfRangeWhereRecordsWereDeletedOnly() {
    assertThat(found(history(DELETED, new OutOfRange("c", 0, 2, 50, 51)))).isEmpty();
    assertThat(found(history(DELETED, new OutOfRange("c", 0, 3, 50, 51))))
        .containsExactly(Kind.REFUSED);
    assertThat(found(history(DELETED, new OutOfRange("c", 0, 2, 30, 31))))
        .containsExactly(Kind.REFUSED);
  }

  // ---- members ----

  @Test
  void aPartitionHasOneOwnerAtATime() {
    Owned first = new Owned("m1", "members", 0, 20, 30);
    assertThat(found(history(first, new Owned("m2", "members", 0, 31, 40)))).isEmpty();
    assertThat(found(history(first, new Owned("m2", "members", 1, 25, 40)))).isEmpty();
    assertThat(found(history(first, new Owned("m2", "members", 0, 29, 40))))
        .containsExactly(Kind.TWO_OWNERS);
  }

  // ---- groups ----

  private static CommitOffset committed(long offset, long sent, Outcome outcome) {
    long answered = outcome == Outcome.DONE ? sent + 1 : Operation.NEVER;
    return new CommitOffset("g", "readers", 0, offset, "", sent, answered, outcome);
  }

  private static FetchOffset fetched(long offset, long sent) {
    return new FetchOffset("f", "readers", 0, sent, sent + 1, offset);
  }

  @Test
  void aGroupsPositionIsOneThatWasCommittedLast() {
    CommitOffset first = committed(3, 20, Outcome.DONE);
    CommitOffset inDoubt = committed(5, 30, Outcome.UNKNOWN);
    assertThat(found(history(fetched(-1, 10), first, fetched(3, 25)))).isEmpty();
    assertThat(found(history(first, inDoubt, fetched(3, 35), fetched(5, 40)))).isEmpty();
  }

  @Test
  void aGroupsPositionThatGoesBackIsSeen() {
    CommitOffset first = committed(3, 20, Outcome.DONE);
    CommitOffset second = committed(5, 22, Outcome.DONE);
    CommitOffset inDoubt = committed(7, 24, Outcome.UNKNOWN);
    assertThat(found(history(first, second, fetched(3, 30))))
        .containsExactly(Kind.OFFSET_WENT_BACK);
    assertThat(found(history(first, fetched(-1, 30)))).containsExactly(Kind.OFFSET_WENT_BACK);
    assertThat(found(history(first, second, inDoubt, fetched(7, 30), fetched(5, 40))))
        .containsExactly(Kind.OFFSET_WENT_BACK);
  }

  @Test
  void aGroupsPositionThatNobodyCommittedIsSeen() {
    assertThat(found(history(committed(3, 20, Outcome.DONE), fetched(4, 30))))
        .containsExactly(Kind.OFFSET_UNKNOWN);
    assertThat(found(history(committed(3, 20, Outcome.DONE), fetched(3, 10))))
        .containsExactly(Kind.OFFSET_UNKNOWN);
  }

  private static List<Operation> copied(String[] copies, long position) {
    List<Entry> input = entries("p-0", "p-1", "p-2");
    List<Entry> output = entries(copies);
    String[] values = Arrays.copyOf(copies, copies.length);
    return List.of(
        FIRST,
        SECOND,
        new Copying("plan", "copiers", 0, 1, 1, 1),
        new Produce("t", 1, List.of(values), "t#0", Delivery.ONCE, false, 5, 6, Outcome.DONE, 0),
        new CommitOffset("t", "copiers", 0, position, "t#0", 6, 7, Outcome.DONE),
        new EndTransaction("t", "t#0", true, 7, 8, Outcome.DONE),
        new Settling("plan", SETTLED, SETTLED),
        end(0, input, input),
        end(1, output, output),
        new FetchOffset("final", "copiers", 0, SETTLED + 20, SETTLED + 21, position),
        new FetchOffset("final", "copiers", 1, SETTLED + 22, SETTLED + 23, -1));
  }

  @Test
  void aCopyReachesAsFarAsThePositionThatWasCommittedWithIt() {
    String first = OffsetChecks.copyOf("p-0", "t-0");
    String second = OffsetChecks.copyOf("p-1", "t-1");
    assertThat(found(copied(new String[] {first, second}, 2))).isEmpty();
    assertThat(found(copied(new String[] {first}, 2))).containsExactly(Kind.NOT_ATOMIC);
    assertThat(found(copied(new String[] {second, first}, 2))).containsExactly(Kind.NOT_ATOMIC);
    assertThat(found(copied(new String[] {first, second}, 1))).containsExactly(Kind.NOT_ATOMIC);
    String again = OffsetChecks.copyOf("p-0", "t-2");
    assertThat(found(copied(new String[] {first, second, again}, 2)))
        .containsExactly(Kind.NOT_ATOMIC);
  }

  @Test
  void anOffsetOfATransactionCountsWithItsRecordsOnly() {
    CommitOffset inAborted = new CommitOffset("t", "readers", 0, 9, "t#1", 10, 11, Outcome.DONE);
    assertThat(found(history(inAborted, fetched(9, 30)))).containsExactly(Kind.OFFSET_UNKNOWN);
    CommitOffset inCommitted = new CommitOffset("t", "readers", 0, 9, "t#0", 6, 7, Outcome.DONE);
    assertThat(found(history(inCommitted, fetched(9, 30)))).isEmpty();
    assertThat(found(history(inCommitted, fetched(-1, 30)))).containsExactly(Kind.OFFSET_WENT_BACK);
  }

  @Test
  void aRefusalWithoutReasonIsSeen() {
    assertThat(found(history(new Operation.Refused("p", "to produce", 20, 21))))
        .containsExactly(Kind.REFUSED);
  }
}
