package io.millrace.console.sql;

import io.millrace.streams.job.RowListener;
import io.millrace.streams.plan.RowType;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries a SELECT's rows from the job's thread to the one that writes the answer. Rows that come
 * while a piece is being written make up the next piece, so that a fast job is sent in large pieces
 * and a slow one row by row. The job waits while {@value #MOST_BYTES} bytes are unsent.
 */
final class RowPipe implements RowListener {

  private static final int MOST_BYTES = 256 * 1024;

  private final RowLines lines;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private boolean cancelled;
  private boolean ended;

  RowPipe(RowLines lines) {
    this.lines = lines;
  }

  @Override
  public void row(List<@Nullable Object> row, RowType type) {
    byte[] line = lines.row(row);
    lock.lock();
    try {
      while (unsent.size() >= MOST_BYTES && !cancelled) {
        changed.awaitUninterruptibly();
      }
      if (!cancelled) {
        unsent.writeBytes(line);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancelled() {
    lock.lock();
    try {
      cancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** There will be no more rows. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes all rows that are there, waiting for the first.
   *
   * @return empty when none came in time; null at the end
   */
  byte @Nullable [] take(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (unsent.size() == 0 && !ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (unsent.size() == 0 && ended) {
        return null;
      }
      byte[] piece = unsent.toByteArray();
      unsent.reset();
      changed.signalAll();
      return piece;
    } finally {
      lock.unlock();
    }
  }
}
