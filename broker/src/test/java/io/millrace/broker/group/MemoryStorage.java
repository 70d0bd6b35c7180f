package io.millrace.broker.group;

import io.millrace.broker.BrokerException;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Batches in memory, durable at once or when the test says so; a disk that can be full. */
final class MemoryStorage implements GroupJournal.Storage {

  private final List<ByteBuffer> batches = new ArrayList<>();
  private final Queue<Consumer<@Nullable BrokerException>> waiting = new ArrayDeque<>();
  private long end;
  private boolean slow;
  @Nullable BrokerException full;

  @Override
  public long append(ByteBuffer batch) {
    if (full != null) {
      throw full;
    }
    end += RecordBatchView.count(batch, batch.position());
    batches.add(batch);
    return end;
  }

  @Override
  public long appendTransactional(ByteBuffer batch, long producerId, short epoch, long vouched) {
    return append(batch);
  }

  @Override
  public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
    if (slow) {
      waiting.add(then);
    } else {
      then.accept(null);
    }
  }

  /** From now on records are durable at {@link #force} only. */
  void slowDown() {
    slow = true;
  }

  void force() {
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.accept(null);
    }
  }

  /** Hands over all records, as a restarted node reads them. */
  void replay(GroupShard to) {
    try (RecordCursor cursor = RecordCursor.create()) {
      for (ByteBuffer batch : batches) {
        cursor.reset(batch, 0);
        while (cursor.next()) {
          ByteBuffer key = cursor.key();
          if (key != null) {
            to.replay(key, cursor.value());
          }
        }
      }
    }
  }
}
