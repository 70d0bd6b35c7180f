package io.millrace.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.log.AppendInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random histories of one producer, compared with a model that remembers everything: batches new,
 * sent again, sent too early, of older and newer epochs; snapshots and lost tails between them.
 */
class ProducerModelTest {

  private static final long PRODUCER = 77;
  private static final int REMEMBERED = 5;
  private static final int BEFORE_WRAP = Integer.MAX_VALUE - 20;

  /** A batch; sequence numbers counted without end, unlike on the wire. */
  private record Sent(long first, int records, long offset) {}

  private ProducerStates states = new ProducerStates(10, () -> 1000);
  private final List<Sent> sent = new ArrayList<>();
  private short epoch;
  private boolean known;
  private long next;
  private long end;

  @Property(tries = 1000)
  void eachBatchIsStoredOnceAndInOrder(
      @ForAll boolean nearTheWrap,
      @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 5_000) Integer> history)
      throws IOException {
    ProducerModelTest run = new ProducerModelTest();
    if (nearTheWrap) {
      run.states.markIncomplete();
      run.next = BEFORE_WRAP;
    }
    for (int step : history) {
      run.step(step);
    }
  }

  private void step(int number) throws IOException {
    int records = 1 + number % 4;
    switch (number / 4 % 12) {
      case 0, 1, 2, 3, 4 -> sendNext(records);
      case 5, 6 -> sendAgain(number);
      case 7 -> sendTooEarly(records, 1 + number % 9);
      case 8 -> sendOfOldEpoch(records);
      case 9 -> startEpoch(records, number % 3 == 0);
      case 10 -> restart();
      default -> loseTail(number);
    }
  }

  private void sendNext(int records) {
    assertThat(outcome(epoch, next, records)).isEqualTo("new");
    append(records);
  }

  private void append(int records) {
    states.appended(PRODUCER, epoch, wire(next), wire(next + records - 1), end, -1, 0);
    sent.add(new Sent(next, records, end));
    known = true;
    next += records;
    end += records;
  }

  private void sendAgain(int number) {
    if (!sent.isEmpty()) {
      int index = number % sent.size();
      Sent again = sent.get(index);
      String expected =
          sent.size() - index <= REMEMBERED
              ? "at " + again.offset + " to " + (again.offset + again.records - 1)
              : BrokerError.DUPLICATE_SEQUENCE.name();
      assertThat(outcome(epoch, again.first, again.records)).isEqualTo(expected);
    }
  }

  private void sendTooEarly(int records, int gap) {
    if (known) {
      assertThat(outcome(epoch, next + gap, records))
          .isEqualTo(BrokerError.OUT_OF_ORDER_SEQUENCE.name());
    }
  }

  private void sendOfOldEpoch(int records) {
    if (known && epoch > 0) {
      assertThat(outcome((short) (epoch - 1), 0, records))
          .isEqualTo(BrokerError.INVALID_PRODUCER_EPOCH.name());
    }
  }

  private void startEpoch(int records, boolean wrongly) {
    if (!known) {
      return;
    }
    short newer = (short) (epoch + 1);
    if (wrongly) {
      assertThat(outcome(newer, 5, records)).isEqualTo(BrokerError.OUT_OF_ORDER_SEQUENCE.name());
      return;
    }
    assertThat(outcome(newer, 0, records)).isEqualTo("new");
    epoch = newer;
    next = 0;
    sent.clear();
    append(records);
  }

  private void restart() throws IOException {
    Path directory = Files.createTempDirectory("producers");
    try {
      ProducerSnapshot.write(directory, states, end, false);
      states = new ProducerStates(10, () -> 1000);
      assertThat(ProducerSnapshot.read(directory, states)).isEqualTo(end);
    } finally {
      Files.deleteIfExists(directory.resolve(ProducerSnapshot.FILE_NAME));
      Files.delete(directory);
    }
  }

  /** The log loses batches that the snapshot has: as many as are remembered, at most. */
  private void loseTail(int number) {
    int lost = number % 3;
    if (sent.size() <= lost || lost == 0) {
      return;
    }
    Sent first = sent.get(sent.size() - lost);
    states.truncate(first.offset);
    while (sent.size() > 0 && sent.getLast().offset >= first.offset) {
      sent.removeLast();
    }
    next = first.first;
    end = first.offset;
    // Older ones are not remembered in the place of those that were lost.
    while (sent.size() > REMEMBERED - lost) {
      sent.removeFirst();
    }
  }

  private String outcome(short withEpoch, long first, int records) {
    try {
      AppendInfo seen = states.check(PRODUCER, withEpoch, wire(first), wire(first + records - 1));
      return seen == null ? "new" : "at " + seen.baseOffset() + " to " + seen.lastOffset();
    } catch (BrokerException e) {
      return e.error().name();
    }
  }

  private static int wire(long sequence) {
    return (int) (sequence & Integer.MAX_VALUE);
  }
}
