package io.millrace.broker.journal;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.core.Clock;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of a state machine, has them applied, and holds answers back until all that
 * they rest on is durable. Confined to the mailbox of the state.
 *
 * @param <R> the state's records
 */
public final class StateJournal<R> {

  /** Where the records go. */
  public interface Storage {

    /**
     * Appends a batch.
     *
     * @return the offset after it
     * @throws BrokerException when nothing of it was appended
     */
    long append(ByteBuffer batch);

    /** Calls {@code then} once all before {@code offset} is durable; in the state's mailbox. */
    void whenDurable(long offset, Consumer<@Nullable BrokerException> then);

    /** As {@link #whenDurable}, where nobody waits: it need not ask for a force to disk. */
    default void whenForced(long offset, Consumer<@Nullable BrokerException> then) {
      whenDurable(offset, then);
    }
  }

  /** Turns records into what is stored. */
  public interface Encoder<R> {

    /** Records with the same key replace each other. */
    ByteBuffer key(R entry);

    /** Null for a tombstone. */
    @Nullable ByteBuffer value(R entry);
  }

  private final Storage storage;
  private final Encoder<R> encoder;
  private final Consumer<R> apply;
  private final Clock clock;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
  private final Queue<Held<?>> held = new ArrayDeque<>();
  private long end;
  private long durable;

  /** The disk has been asked for all before it. */
  private long asked;

  private @Nullable BrokerException broken;

  /** An answer that waits. */
  private record Held<T>(long offset, CompletableFuture<T> answer, @Nullable T value) {

    void release() {
      answer.complete(value);
    }
  }

  /**
   * @param apply the only way in which the state changes
   */
  public StateJournal(Storage storage, Encoder<R> encoder, Consumer<R> apply, Clock clock) {
    this.storage = storage;
    this.encoder = encoder;
    this.apply = apply;
    this.clock = clock;
  }

  /**
   * Appends records as one batch, and applies them.
   *
   * @throws BrokerException with {@code COORDINATOR_NOT_AVAILABLE} when the disk refuses; the state
   *     has then not changed
   */
  public void write(List<? extends R> records) {
    append(records);
    ask();
  }

  /**
   * As {@link #write}, for records that no answer rests on at present: they are durable soon, and
   * before any answer that is given from now on.
   */
  public void note(List<? extends R> records) {
    append(records);
    storage.whenForced(end, told(end));
  }

  private void append(List<? extends R> records) {
    if (broken != null) {
      throw broken;
    }
    for (R each : records) {
      builder.add(clock.millis(), encoder.key(each), encoder.value(each), List.of());
    }
    long after;
    try {
      after = storage.append(builder.build());
    } catch (BrokerException e) {
      throw unavailable(e);
    }
    end = after;
    records.forEach(apply);
  }

  private void ask() {
    asked = end;
    storage.whenDurable(end, told(end));
  }

  private Consumer<@Nullable BrokerException> told(long offset) {
    return failure -> {
      if (failure == null) {
        durableUpTo(offset);
      } else {
        broke(unavailable(failure));
      }
    };
  }

  /** Completes the answer once everything written so far is durable. */
  public <T> void answer(CompletableFuture<T> answer, @Nullable T value) {
    if (broken != null) {
      answer.completeExceptionally(broken);
    } else if (durable >= end) {
      answer.complete(value);
    } else {
      held.add(new Held<>(end, answer, value));
      if (asked < end) {
        ask();
      }
    }
  }

  private void durableUpTo(long offset) {
    durable = Math.max(durable, offset);
    while (!held.isEmpty() && held.element().offset <= durable) {
      held.remove().release();
    }
  }

  /** What was applied may not be there after a restart, so nobody may rely on it any more. */
  private void broke(BrokerException failure) {
    broken = failure;
    while (!held.isEmpty()) {
      held.remove().answer.completeExceptionally(failure);
    }
  }

  /** Whatever is wrong with the disk, to clients it means: try again. */
  private static BrokerException unavailable(BrokerException e) {
    return new BrokerException(
        BrokerError.COORDINATOR_NOT_AVAILABLE, "the state cannot be stored: " + e.getMessage());
  }
}
