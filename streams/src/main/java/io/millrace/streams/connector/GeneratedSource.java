package io.millrace.streams.connector;

import io.millrace.core.Clock;
import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.expression.RowException;
import io.millrace.streams.operator.FailedRows;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are made up one after the other, as one partition: its position is the number of the
 * next row. Pushes the watermark after each visit.
 */
public final class GeneratedSource implements Source {

  private static final int VISIT_ROWS = 1024;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long LEAST_PAUSE_NANOS = 1_000_000;

  private final String table;
  private final Connector.Generator options;
  private final RowGenerator generator;
  private final @Nullable Evaluator eventTime;
  private final int watermarkColumn;
  private final boolean watermarkIsRead;
  private final Clock clock;
  private final FailedRows failedRows;
  private final Stage next;
  private final SourceMetrics metrics = new SourceMetrics();
  private final Row row;

  private long number;
  private long reached = Stage.NO_WATERMARK;
  private long watermark = Stage.NO_WATERMARK;

  // Rows are counted against the rate from here on.
  private long paceNanos;
  private long paceNumber;

  private GeneratedSource(
      PlanNode.Scan scan,
      Connector.Generator options,
      RowGenerator generator,
      int watermarkColumn,
      @Nullable Evaluator eventTime,
      TopicSource.Context context,
      Stage next) {
    table = scan.table();
    this.options = options;
    this.generator = generator;
    this.watermarkColumn = watermarkColumn;
    watermarkIsRead = watermarkColumn >= 0;
    this.eventTime = eventTime;
    this.next = next;
    clock = context.clock();
    failedRows = context.failedRows();
    row = new Row(scan.rowType().size());
    paceNanos = clock.nanos();
  }

  /** The source of a scan, from its first row on. */
  public static GeneratedSource open(
      PlanNode.Scan scan,
      Connector.Generator options,
      ExpressionCompiler compiler,
      TopicSource.Context context,
      Stage next) {
    int watermarkColumn = -1;
    for (int i = 0; i < scan.columns().size(); i++) {
      if (scan.columns().get(i) instanceof ScanColumn.PartitionWatermark) {
        watermarkColumn = i;
      }
    }
    RowGenerator generator =
        switch (options) {
          case Connector.Nexmark nexmark -> new NexmarkRows(nexmark.config(), scan.columns());
          case Connector.Datagen datagen ->
              new DatagenRows(datagen, scan.columns(), context.clock());
        };
    Evaluator eventTime =
        scan.watermark().map(spec -> compiler.compile(spec.expression())).orElse(null);
    return new GeneratedSource(scan, options, generator, watermarkColumn, eventTime, context, next);
  }

  // ---- rows ----

  @Override
  public boolean poll() {
    long rows = Math.min(VISIT_ROWS, options.rows() - number);
    if (options.rowsPerSecond() > 0) {
      rows = Math.min(rows, due());
    }
    if (rows <= 0) {
      finishAtEnd();
      return false;
    }
    long end = number + rows;
    while (number < end) {
      push();
    }
    if (eventTime != null) {
      pushWatermark(reached);
    }
    finishAtEnd();
    return true;
  }

  private void push() {
    generator.fill(number, row);
    number++;
    metrics.records++;
    if (watermarkIsRead) {
      setWatermark();
    }
    Evaluator time = eventTime;
    if (time != null) {
      try {
        long value = time.evalLong(row);
        if (!time.isNull() && value > reached) {
          reached = value;
        }
      } catch (RowException e) {
        failedRows.failed("the watermark of " + table, e);
        return;
      }
    }
    metrics.rows++;
    next.row(row);
  }

  private void setWatermark() {
    if (reached == Stage.NO_WATERMARK) {
      row.setNull(watermarkColumn);
    } else {
      row.setLong(watermarkColumn, reached);
    }
  }

  private void finishAtEnd() {
    if (number >= options.rows()) {
      pushWatermark(Stage.END_OF_TIME);
    }
  }

  private void pushWatermark(long advanced) {
    if (advanced > watermark) {
      watermark = advanced;
      next.watermark(advanced);
    }
  }

  // ---- pace ----

  /** How many rows the rate allows at present; at most a second of a pause is made up for. */
  private long due() {
    long now = clock.nanos();
    long rate = options.rowsPerSecond();
    long due = paceNumber + rowsIn(now - paceNanos, rate) - number;
    if (due > rate) {
      paceNanos = now - SECOND_NANOS;
      paceNumber = number;
      return rate;
    }
    return due;
  }

  private static long rowsIn(long nanos, long rate) {
    return (long) ((double) nanos * rate / SECOND_NANOS);
  }

  @Override
  public long checkIdle() {
    long rate = options.rowsPerSecond();
    if (isFinished() || rate == 0) {
      return Long.MAX_VALUE;
    }
    double untilNext = (double) (number + 1 - paceNumber) * SECOND_NANOS / rate;
    return Math.max(LEAST_PAUSE_NANOS, (long) untilNext - (clock.nanos() - paceNanos));
  }

  // ---- the job's side ----

  @Override
  public boolean isFinished() {
    return watermark == Stage.END_OF_TIME;
  }

  @Override
  public void wakeWhenReadable() {}

  @Override
  public void save(StateOutput out) {
    out.writeLong(number);
    out.writeLong(reached);
    out.writeLong(watermark);
  }

  @Override
  public void load(StateInput in) {
    number = in.readLong();
    reached = in.readLong();
    watermark = in.readLong();
    paceNumber = number;
    paceNanos = clock.nanos();
  }

  @Override
  public void resume() {
    if (watermark != Stage.NO_WATERMARK) {
      next.watermark(watermark);
    }
  }

  /** The table's name. */
  public String table() {
    return table;
  }

  /** What this source counted. */
  public SourceMetrics metrics() {
    return metrics;
  }

  /** The number of the next row. */
  public long position() {
    return number;
  }

  /** The watermark pushed last. */
  public long watermark() {
    return watermark;
  }

  @Override
  public void close() {}
}
