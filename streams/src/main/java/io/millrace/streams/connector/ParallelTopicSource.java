package io.millrace.streams.connector;

import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and decodes a topic's partitions on threads of their own, and pushes their rows on the
 * job's thread. A partition belongs to one thread, so its order stays.
 *
 * <p>What the checkpoint holds is how far the job has taken the rows, batch by batch, not how far
 * the threads have read. So it needs no barrier between them, and has the form that {@link
 * TopicSource} gives it: a job may go on with another number of threads.
 */
public final class ParallelTopicSource implements PartitionedSource {

  private final PlanNode.Scan scan;
  private final Connector.Kafka options;
  private final RecordPosition position;
  private final Stage next;
  private final List<Worker> workers = new ArrayList<>();
  private final List<Standing> standings = new ArrayList<>();
  private final SourceMetrics metrics = new SourceMetrics();
  private boolean started;
  private int turn;
  private long watermark = Stage.NO_WATERMARK;
  private boolean idle;

  /** A thread, and what the job has heard of it. */
  private static final class Worker {
    final SourceThread thread;
    final List<Standing> standings = new ArrayList<>();
    final SourceMetrics counted = new SourceMetrics();
    long watermark = Stage.NO_WATERMARK;
    boolean idle;

    Worker(SourceThread thread) {
      this.thread = thread;
    }
  }

  /** How far the job has taken the rows of a partition. */
  private static final class Standing {
    final PartitionReader reader;
    long nextOffset;
    long watermark;
    boolean idle;

    Standing(PartitionReader reader) {
      this.reader = reader;
      nextOffset = reader.nextOffset;
      watermark = reader.watermark;
    }
  }

  /**
   * @param readers positioned where reading starts
   * @param threads how many there are, at most as many as readers
   * @param opener makes the source that a thread reads by
   */
  ParallelTopicSource(
      PlanNode.Scan scan,
      Connector.Kafka options,
      List<PartitionReader> readers,
      int threads,
      SourceThread.Opener opener,
      TopicSource.Context context,
      Stage next) {
    this.scan = scan;
    this.options = options;
    this.next = next;
    position = context.position();
    List<PartitionReader> sorted =
        readers.stream().sorted(Comparator.comparingInt(PartitionReader::number)).toList();
    sorted.forEach(reader -> standings.add(new Standing(reader)));
    for (int i = 0; i < threads; i++) {
      List<PartitionReader> own = new ArrayList<>();
      for (int at = i; at < sorted.size(); at += threads) {
        own.add(sorted.get(at));
      }
      Worker worker = new Worker(new SourceThread(own, scan.rowType().size(), context, opener));
      for (int at = i; at < sorted.size(); at += threads) {
        worker.standings.add(standings.get(at));
      }
      workers.add(worker);
    }
  }

  // ---- reading ----

  @Override
  public boolean poll() {
    if (!started) {
      start();
    }
    for (int i = 0; i < workers.size(); i++) {
      Worker worker = workers.get(turn);
      turn = (turn + 1) % workers.size();
      RowBatch batch = worker.thread.poll();
      if (batch != null) {
        take(worker, batch);
        return true;
      }
    }
    return false;
  }

  private void start() {
    started = true;
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).thread.start("read-" + scan.table() + "-" + i);
    }
  }

  private void take(Worker worker, RowBatch batch) {
    PartitionReader reader = batch.reader;
    if (reader != null) {
      takeRows(standing(worker, reader), batch);
    }
    boolean[] idleNow = batch.idle;
    if (idleNow != null) {
      for (int i = 0; i < idleNow.length; i++) {
        worker.standings.get(i).idle = idleNow[i];
      }
    }
    metrics.add(batch.counted, worker.counted);
    worker.counted.set(batch.counted);
    worker.watermark = batch.threadWatermark;
    worker.idle = batch.threadIdle;
    Throwable failure = batch.failure;
    worker.thread.recycle(batch);
    if (failure != null) {
      throw asUnchecked(failure);
    }
    advanceTime();
  }

  private static Standing standing(Worker worker, PartitionReader reader) {
    for (Standing standing : worker.standings) {
      if (standing.reader == reader) {
        return standing;
      }
    }
    throw new IllegalStateException("a partition of another thread");
  }

  private void takeRows(Standing standing, RowBatch batch) {
    int number = standing.reader.number();
    standing.idle = false;
    for (int i = 0; i < batch.size(); i++) {
      position.set(options.topic(), number, batch.offset(i));
      Row row = batch.row(i);
      standing.watermark = batch.watermark(i);
      next.row(row);
      standing.nextOffset = batch.offset(i) + 1;
    }
    standing.nextOffset = batch.nextOffset;
    standing.watermark = batch.watermark;
    position.clear();
  }

  private static RuntimeException asUnchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  // ---- time ----

  /** Pushes the least watermark of the threads that are not idle, and whether all are. */
  private void advanceTime() {
    long least = Stage.END_OF_TIME;
    boolean allIdle = true;
    boolean allFinished = true;
    for (Worker worker : workers) {
      boolean finished = worker.watermark == Stage.END_OF_TIME;
      allFinished &= finished;
      if (!finished && !worker.idle) {
        allIdle = false;
        least = Math.min(least, worker.watermark);
      }
    }
    if (allFinished) {
      push(Stage.END_OF_TIME);
      return;
    }
    if (allIdle != idle) {
      idle = allIdle;
      next.idle(allIdle);
    }
    if (!allIdle) {
      push(least);
    }
  }

  private void push(long advanced) {
    if (advanced > watermark) {
      watermark = advanced;
      next.watermark(advanced);
    }
  }

  @Override
  public long checkIdle() {
    long until = Long.MAX_VALUE;
    for (Worker worker : workers) {
      until = Math.min(until, worker.thread.checkIdle());
    }
    return until;
  }

  // ---- the job's side ----

  @Override
  public boolean isFinished() {
    return watermark == Stage.END_OF_TIME;
  }

  /** The threads wake the job with each batch. */
  @Override
  public void wakeWhenReadable() {}

  @Override
  public void save(StateOutput out) {
    out.writeLong(watermark);
    PartitionPosition.save(
        standings.stream()
            .map(
                standing ->
                    new PartitionPosition(
                        standing.reader.number(),
                        standing.nextOffset,
                        standing.reader.endOffset,
                        standing.watermark))
            .toList(),
        out);
  }

  @Override
  public void load(StateInput in) {
    watermark = in.readLong();
    for (PartitionPosition position :
        PartitionPosition.load(in, options.topic(), standings.size())) {
      Standing standing = standings.get(position.partition());
      standing.nextOffset = position.nextOffset();
      standing.watermark = position.watermark();
      standing.reader.nextOffset = position.nextOffset();
      standing.reader.endOffset = position.endOffset();
      standing.reader.watermark = position.watermark();
    }
  }

  @Override
  public void resume() {
    if (watermark != Stage.NO_WATERMARK) {
      next.watermark(watermark);
    }
  }

  @Override
  public SourceMetrics metrics() {
    return metrics;
  }

  @Override
  public String table() {
    return scan.table();
  }

  @Override
  public String topic() {
    return options.topic();
  }

  @Override
  public @Nullable String group() {
    return options.properties().get("group.id");
  }

  @Override
  public boolean hasWatermark() {
    return scan.watermark().isPresent();
  }

  @Override
  public long watermark() {
    return watermark;
  }

  @Override
  public List<PartitionProgress> progress() {
    return standings.stream()
        .map(
            standing ->
                new PartitionProgress(
                    standing.reader.number(),
                    standing.nextOffset,
                    standing.reader.lag(standing.nextOffset),
                    standing.watermark,
                    standing.idle,
                    standing.nextOffset >= standing.reader.endOffset))
        .toList();
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.thread.close());
  }
}
