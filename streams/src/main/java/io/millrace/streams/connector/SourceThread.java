package io.millrace.streams.connector;

import io.millrace.core.Clock;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.row.Row;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A thread that reads some partitions of a topic and hands their rows to the job's thread in
 * batches. It runs ahead by at most {@link #BATCHES} batches, and knows nothing of checkpoints:
 * what it has read and the job has not taken is read again after a restart.
 *
 * <p>The thread is never interrupted, since that would close the files it reads.
 */
final class SourceThread implements Stage, Runnable {

  private static final int BATCHES = 4;

  /** Makes the source that a thread reads by. */
  @FunctionalInterface
  interface Opener {
    TopicSource open(List<PartitionReader> readers, TopicSource.Context context, Stage next);
  }

  private final List<PartitionReader> readers;
  private final TopicSource source;
  private final RecordPosition position;
  private final Clock clock;
  private final Runnable wakeJob;
  private final boolean[] idleBefore;
  private final ArrayBlockingQueue<RowBatch> full = new ArrayBlockingQueue<>(BATCHES + 1);

  // One more than there are batches, so that closing finds room.
  private final ArrayBlockingQueue<RowBatch> free = new ArrayBlockingQueue<>(BATCHES + 1);
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile boolean closed;
  private volatile long idleDueNanos;
  private volatile boolean canGoIdle;

  private final int columns;
  private RowBatch batch;
  private long watermark = NO_WATERMARK;
  private boolean idle;
  private @Nullable Thread thread;

  /**
   * @param readers the partitions that are this thread's
   * @param job the context of the job's thread
   */
  SourceThread(List<PartitionReader> readers, int columns, TopicSource.Context job, Opener opener) {
    this.readers = readers;
    this.columns = columns;
    clock = job.clock();
    wakeJob = job.wake();
    idleBefore = new boolean[readers.size()];
    TopicSource.Context own = job.forThread(this::wake);
    position = own.position();
    source = opener.open(readers, own, this);
    batch = new RowBatch(columns);
    for (int i = 1; i < BATCHES; i++) {
      free.add(new RowBatch(columns));
    }
  }

  // ---- the job's side ----

  void start(String name) {
    thread = Thread.ofPlatform().daemon().name(name).start(this);
  }

  /** The next batch, or null when there is none at present. */
  @Nullable RowBatch poll() {
    return full.poll();
  }

  /** Gives a batch back. */
  void recycle(RowBatch taken) {
    taken.clear();
    free.add(taken);
  }

  List<PartitionReader> readers() {
    return readers;
  }

  /** Nanoseconds until a partition may go idle; has the thread look when that is now. */
  long checkIdle() {
    if (!canGoIdle) {
      return Long.MAX_VALUE;
    }
    long left = idleDueNanos - clock.nanos();
    if (left <= 0) {
      wake();
      return Long.MAX_VALUE;
    }
    return left;
  }

  /** Ends the thread, and waits until it has. */
  void close() {
    closed = true;
    wakeUps.release();
    free.offer(new RowBatch(0));
    Thread running = thread;
    if (running == null) {
      source.close();
      return;
    }
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the thread's side ----

  private void wake() {
    wakeUps.release();
  }

  @Override
  public void run() {
    try {
      while (!closed && !source.isFinished()) {
        if (source.poll()) {
          sendVisit();
        } else {
          rest();
        }
      }
    } catch (RuntimeException | Error e) {
      batch.failure = e;
      send();
    } finally {
      source.close();
    }
  }

  private void rest() {
    long untilIdle = source.checkIdle();
    canGoIdle = untilIdle != Long.MAX_VALUE;
    idleDueNanos = clock.nanos() + (canGoIdle ? untilIdle : 0);
    sendIdleness();
    if (source.isFinished()) {
      return;
    }
    source.wakeWhenReadable();
    if (canGoIdle) {
      // The job's thread learns when it has to ask.
      wakeJob.run();
    }
    wakeUps.acquireUninterruptibly();
    wakeUps.drainPermits();
  }

  private void sendVisit() {
    PartitionReader reader = source.visited();
    if (reader != null) {
      describe(reader, reader.nextOffset, reader.watermark);
      send();
    }
  }

  private void sendIdleness() {
    boolean[] now = new boolean[readers.size()];
    for (int i = 0; i < now.length; i++) {
      now[i] = readers.get(i).idle;
    }
    boolean same = Arrays.equals(now, idleBefore);
    if (same && batch.threadWatermark == watermark && batch.threadIdle == idle) {
      return;
    }
    System.arraycopy(now, 0, idleBefore, 0, now.length);
    batch.idle = now;
    send();
  }

  private void describe(PartitionReader reader, long nextOffset, long partitionWatermark) {
    batch.reader = reader;
    batch.nextOffset = nextOffset;
    batch.watermark = partitionWatermark;
  }

  private void send() {
    batch.threadWatermark = watermark;
    batch.threadIdle = idle;
    batch.counted.set(source.metrics());
    full.offer(batch);
    wakeJob.run();
    batch = take();
    batch.threadWatermark = watermark;
    batch.threadIdle = idle;
  }

  /** Waits for a batch that the job gave back; of no more use once this is closed. */
  private RowBatch take() {
    RowBatch taken = null;
    boolean interrupted = false;
    while (taken == null && !closed) {
      try {
        taken = free.take();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return taken == null || closed ? new RowBatch(columns) : taken;
  }

  @Override
  public void row(Row row) {
    PartitionReader reader = source.visited();
    if (closed || reader == null) {
      return;
    }
    batch.add(row, position.offset(), reader.watermark);
    if (batch.isFull()) {
      describe(reader, position.offset() + 1, reader.watermark);
      send();
    }
  }

  @Override
  public void watermark(long advanced) {
    watermark = advanced;
  }

  @Override
  public void idle(boolean allIdle) {
    idle = allIdle;
  }
}
