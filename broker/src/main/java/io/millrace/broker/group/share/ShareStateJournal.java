package io.millrace.broker.group.share;

import io.millrace.broker.BrokerException;
import io.millrace.broker.journal.StateJournal;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partition of {@code __share_group_state} under a shard. Its records replace each other by
 * snapshot and not by key, so it is not compacted: what lies before all snapshots is deleted.
 */
interface ShareStateJournal extends StateJournal.Storage {

  /** The offset that the next record will get. */
  long endOffset();

  /** Nothing before the offset is needed any more; it is durable what lies there. */
  void forgetBefore(long offset);

  /** Counts what passes, so that a shard knows when to look for what can be deleted. */
  final class Counted implements StateJournal.Storage {

    private final ShareStateJournal journal;
    private long bytes;

    Counted(ShareStateJournal journal) {
      this.journal = journal;
    }

    @Override
    public long append(ByteBuffer batch) {
      int size = batch.remaining();
      long after = journal.append(batch);
      bytes += size;
      return after;
    }

    @Override
    public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
      journal.whenDurable(offset, then);
    }

    long bytes() {
      return bytes;
    }

    void reset() {
      bytes = 0;
    }
  }
}
