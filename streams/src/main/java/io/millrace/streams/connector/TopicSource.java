package io.millrace.streams.connector;

import io.millrace.core.Clock;
import io.millrace.log.LogException;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.RowException;
import io.millrace.streams.format.FormatException;
import io.millrace.streams.operator.FailedRows;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the partitions of a topic in turn, one slice of whole batches at a visit, straight from the
 * log. Pushes each row as it is decoded, and after a slice the source's watermark: the least of
 * those partitions that are not idle.
 *
 * <p>Buffers: one for the slice, as large as the visit or the largest batch; what decompression
 * needs is bounded by the record cursor.
 */
public final class TopicSource implements PartitionedSource {

  private final PlanNode.Scan scan;
  private final Connector.Kafka options;
  private final List<PartitionReader> readers;
  private final RecordDecoder decoder;
  private final @Nullable Evaluator eventTime;
  private final long idleTimeoutNanos;
  private final int visitBytes;
  private final Clock clock;
  private final FailedRows failedRows;
  private final RecordPosition position;
  private final Stage next;
  private final Runnable wake;
  private final SourceMetrics metrics = new SourceMetrics();
  private final RecordCursor cursor = RecordCursor.create();
  private final Row row;
  private ByteBuffer buffer;
  private int turn;
  private @Nullable PartitionReader visited;
  private long watermark = Stage.NO_WATERMARK;
  private boolean idle;

  /** What a job gives each of its sources. */
  public record Context(
      int visitBytes,
      Clock clock,
      Function<RecordPosition, FailedRows> failedRowsAt,
      RecordPosition position,
      Runnable wake) {

    /** What is told of rows that have no value. */
    public FailedRows failedRows() {
      return failedRowsAt.apply(position);
    }

    /** For a thread of its own, with its own position. */
    Context forThread(Runnable wakeThread) {
      return new Context(visitBytes, clock, failedRowsAt, new RecordPosition(), wakeThread);
    }
  }

  /**
   * @param readers positioned where reading starts
   * @param eventTime the watermark's expression over the row, or null
   * @param next the first operator
   */
  TopicSource(
      PlanNode.Scan scan,
      Connector.Kafka options,
      List<PartitionReader> readers,
      @Nullable Evaluator eventTime,
      Context context,
      Stage next) {
    this.scan = scan;
    this.options = options;
    this.readers =
        readers.stream().sorted(Comparator.comparingInt(PartitionReader::number)).toList();
    this.eventTime = eventTime;
    this.next = next;
    decoder = new RecordDecoder(scan, options);
    idleTimeoutNanos = scan.watermark().map(spec -> spec.idleTimeout().toNanos()).orElse(0L);
    visitBytes = context.visitBytes();
    clock = context.clock();
    failedRows = context.failedRows();
    position = context.position();
    wake = context.wake();
    row = new Row(scan.rowType().size());
    buffer = ByteBuffer.allocate(visitBytes);
    long now = clock.nanos();
    readers.forEach(reader -> reader.lastRecordNanos = now);
  }

  // ---- reading ----

  @Override
  public boolean poll() {
    for (int i = 0; i < readers.size(); i++) {
      PartitionReader reader = readers.get(turn);
      turn = (turn + 1) % readers.size();
      if (reader.isReadable()) {
        visit(reader);
        advanceTime();
        return true;
      }
    }
    return false;
  }

  private void visit(PartitionReader reader) {
    visited = reader;
    buffer = reader.read(buffer, visitBytes);
    ByteBuffer batch = buffer.duplicate();
    int end = buffer.limit();
    for (int at = buffer.position(); at < end && !reader.isFinished(); ) {
      int size = RecordBatchView.sizeBytes(buffer, at);
      readBatch(reader, batch.limit(at + size).position(at));
      at += size;
    }
    reader.lastRecordNanos = clock.nanos();
    position.clear();
  }

  private void readBatch(PartitionReader reader, ByteBuffer batch) {
    int start = batch.position();
    try {
      cursor.reset(batch, reader.nextOffset);
      while (cursor.next()) {
        if (cursor.offset() >= reader.endOffset) {
          break;
        }
        batch.position(start);
        readRecord(reader, batch);
        reader.nextOffset = cursor.offset() + 1;
      }
    } catch (LogException e) {
      throw new JobException(
          "Partition "
              + reader.partition().id()
              + " cannot be read at offset "
              + reader.nextOffset
              + ": "
              + e.getMessage(),
          e);
    }
    // Compaction and transaction markers leave offsets without a record.
    long past = RecordBatchView.lastOffset(batch, start) + 1;
    reader.nextOffset = Math.max(reader.nextOffset, Math.min(past, reader.endOffset));
  }

  private void readRecord(PartitionReader reader, ByteBuffer batch) {
    position.set(options.topic(), reader.number(), cursor.offset());
    metrics.records++;
    try {
      if (!decoder.decode(cursor, batch, reader.number(), reader.watermark, row)) {
        metrics.absent++;
        return;
      }
    } catch (FormatException e) {
      if (options.onParseError() == Connector.OnParseError.FAIL) {
        throw new JobException(
            "Table "
                + scan.table()
                + " cannot read "
                + position
                + ": "
                + e.getMessage()
                + "; 'json.ignore-parse-errors' = 'true' skips such records",
            e);
      }
      metrics.unreadable++;
      return;
    }
    try {
      countTime(reader);
    } catch (RowException e) {
      failedRows.failed("the watermark of " + scan.table(), e);
      return;
    }
    metrics.rows++;
    next.row(row);
  }

  private void countTime(PartitionReader reader) {
    Evaluator time = eventTime;
    if (time != null) {
      long value = time.evalLong(row);
      if (!time.isNull() && value > reader.watermark) {
        reader.watermark = value;
      }
    }
  }

  // ---- time ----

  @Override
  public long checkIdle() {
    return isFinished() ? Long.MAX_VALUE : advanceTime();
  }

  /** Pushes the watermark and idleness on; returns nanoseconds until a partition may go idle. */
  private long advanceTime() {
    long now = clock.nanos();
    long least = Stage.END_OF_TIME;
    long untilIdle = Long.MAX_VALUE;
    boolean allFinished = true;
    boolean allIdle = true;
    for (PartitionReader reader : readers) {
      if (reader.isFinished()) {
        continue;
      }
      allFinished = false;
      long quiet = now - reader.lastRecordNanos;
      reader.idle = idleTimeoutNanos > 0 && quiet >= idleTimeoutNanos && !reader.isReadable();
      if (!reader.idle) {
        allIdle = false;
        least = Math.min(least, reader.watermark);
        if (idleTimeoutNanos > 0) {
          untilIdle = Math.min(untilIdle, Math.max(1, idleTimeoutNanos - quiet));
        }
      }
    }
    if (allFinished) {
      push(Stage.END_OF_TIME);
    } else {
      pushIdle(allIdle);
      if (!allIdle && eventTime != null) {
        push(least);
      }
    }
    return untilIdle;
  }

  private void push(long advanced) {
    if (advanced > watermark) {
      watermark = advanced;
      next.watermark(advanced);
    }
  }

  private void pushIdle(boolean allIdle) {
    if (allIdle != idle) {
      idle = allIdle;
      next.idle(allIdle);
    }
  }

  // ---- the job's side ----

  @Override
  public boolean isFinished() {
    return watermark == Stage.END_OF_TIME;
  }

  @Override
  public void wakeWhenReadable() {
    readers.forEach(reader -> reader.wakeWhenReadable(wake));
  }

  @Override
  public void save(StateOutput out) {
    out.writeLong(watermark);
    PartitionPosition.save(
        readers.stream()
            .map(
                reader ->
                    new PartitionPosition(
                        reader.number(), reader.nextOffset, reader.endOffset, reader.watermark))
            .toList(),
        out);
  }

  @Override
  public void load(StateInput in) {
    watermark = in.readLong();
    for (PartitionPosition position : PartitionPosition.load(in, options.topic(), readers.size())) {
      PartitionReader reader = readers.get(position.partition());
      reader.nextOffset = position.nextOffset();
      reader.endOffset = position.endOffset();
      reader.watermark = position.watermark();
    }
  }

  @Override
  public void resume() {
    if (watermark != Stage.NO_WATERMARK) {
      next.watermark(watermark);
    }
  }

  /** The partition that was read last, or null before the first. */
  @Nullable PartitionReader visited() {
    return visited;
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
    return eventTime != null;
  }

  @Override
  public long watermark() {
    return watermark;
  }

  @Override
  public List<PartitionProgress> progress() {
    return readers.stream()
        .map(
            reader ->
                new PartitionProgress(
                    reader.number(),
                    reader.nextOffset,
                    reader.lag(),
                    reader.watermark,
                    reader.idle,
                    reader.isFinished()))
        .toList();
  }

  @Override
  public void close() {
    readers.forEach(PartitionReader::close);
    cursor.close();
  }
}
