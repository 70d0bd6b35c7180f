package io.millrace.broker.group.share;

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

/**
 * Batches in memory, durable when the test says so; what is not is lost when the node is killed.
 */
final class MemoryShareJournal implements ShareStateJournal {

  private record Batch(long base, ByteBuffer bytes) {}

  private final List<Batch> batches = new ArrayList<>();
  private final Queue<Consumer<@Nullable BrokerException>> waiting = new ArrayDeque<>();
  private int durable;
  private long end;
  private long start;

  @Override
  public long append(ByteBuffer batch) {
    ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    batches.add(new Batch(end, copy));
    end += RecordBatchView.count(batch, batch.position());
    return end;
  }

  @Override
  public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
    waiting.add(then);
  }

  @Override
  public long endOffset() {
    return end;
  }

  @Override
  public void forgetBefore(long offset) {
    start = Math.max(start, offset);
  }

  long startOffset() {
    return start;
  }

  void force() {
    durable = batches.size();
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.accept(null);
    }
  }

  /** What was not forced is gone. */
  void lose() {
    while (batches.size() > durable) {
      end = batches.removeLast().base();
    }
    waiting.clear();
  }

  /** Hands over what a restarted node reads. */
  void replay(SharePartitionStore to) {
    try (RecordCursor cursor = RecordCursor.create()) {
      for (Batch batch : batches) {
        if (batch.base() >= start) {
          cursor.reset(batch.bytes(), 0);
          while (cursor.next()) {
            ByteBuffer key = cursor.key();
            if (key != null) {
              to.record(key, cursor.value());
            }
          }
        }
      }
    }
  }
}
