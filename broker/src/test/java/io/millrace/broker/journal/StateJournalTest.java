package io.millrace.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerException;
import io.millrace.core.Clock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the state's records are forced to disk, and what waits for it. */
final class StateJournalTest {

  private final SlowStorage storage = new SlowStorage();
  private final List<String> applied = new ArrayList<>();
  private final StateJournal<String> journal =
      new StateJournal<>(storage, new Texts(), applied::add, Clock.system());

  @Test
  void anAnswerWaitsForTheRecordThatItRestsOn() {
    journal.write(List.of("a"));
    CompletableFuture<String> answer = new CompletableFuture<>();
    journal.answer(answer, "done");
    assertThat(applied).containsExactly("a");
    assertThat(answer).isNotDone();
    storage.force();
    assertThat(answer).isCompletedWithValue("done");
  }

  @Test
  void aNotedRecordAsksForNoForceUntilAnAnswerRestsOnIt() {
    journal.note(List.of("a"));
    assertThat(applied).containsExactly("a");
    assertThat(storage.asked).isZero();
    CompletableFuture<String> answer = new CompletableFuture<>();
    journal.answer(answer, "done");
    assertThat(storage.asked).isEqualTo(1);
    assertThat(answer).isNotDone();
    storage.force();
    assertThat(answer).isCompletedWithValue("done");
  }

  @Test
  void aNotedRecordThatWasForcedWithOthersHoldsUpNothing() {
    journal.note(List.of("a"));
    storage.force();
    CompletableFuture<String> answer = new CompletableFuture<>();
    journal.answer(answer, "done");
    assertThat(answer).isCompletedWithValue("done");
    assertThat(storage.asked).isZero();
  }

  /** Durable when the test says so; counts who asked for it. */
  private static final class SlowStorage implements StateJournal.Storage {

    private final Queue<Consumer<@Nullable BrokerException>> waiting = new ArrayDeque<>();
    private long end;
    private int asked;

    @Override
    public long append(ByteBuffer batch) {
      return ++end;
    }

    @Override
    public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
      asked++;
      waiting.add(then);
    }

    @Override
    public void whenForced(long offset, Consumer<@Nullable BrokerException> then) {
      waiting.add(then);
    }

    void force() {
      for (var next = waiting.poll(); next != null; next = waiting.poll()) {
        next.accept(null);
      }
    }
  }

  private static final class Texts implements StateJournal.Encoder<String> {

    @Override
    public ByteBuffer key(String entry) {
      return ByteBuffer.wrap(entry.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable ByteBuffer value(String entry) {
      return null;
    }
  }
}
