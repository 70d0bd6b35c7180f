package io.millrace.streams.job;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a job is doing, as of a moment. Immutable. Counts begin with the run, but for late rows,
 * which are part of the checkpoint.
 *
 * @param name the job's name
 * @param state how it stands
 * @param failure why it failed, or null
 * @param warning what holds it up at present, such as a full disk, or null
 * @param startedMillis when this run began, in milliseconds since the Unix epoch
 * @param rowsIn rows that the sources gave
 * @param rowsOut rows that the sinks took
 * @param sources one for each table read
 * @param operators one for each step of the plan that computes, in the order of the plan
 * @param sinks one for each insert
 * @param checkpoint the last one, or null before the first
 */
public record JobStatus(
    String name,
    State state,
    @Nullable String failure,
    @Nullable String warning,
    long startedMillis,
    long rowsIn,
    long rowsOut,
    List<Source> sources,
    List<Operator> operators,
    List<Sink> sinks,
    @Nullable Checkpoint checkpoint) {

  /** Takes unmodifiable copies. */
  public JobStatus {
    sources = List.copyOf(sources);
    operators = List.copyOf(operators);
    sinks = List.copyOf(sinks);
  }

  /** How a job stands. Only RUNNING changes. */
  public enum State {
    RUNNING,
    /** All inputs were bounded and have been read to their ends. */
    FINISHED,
    FAILED,
    CANCELLED;

    /** Whether the job has ended. */
    public boolean isEnd() {
      return this != RUNNING;
    }
  }

  /** Rows dropped because every window they belong to was complete. */
  public long lateRows() {
    return operators.stream().mapToLong(Operator::lateRows).sum();
  }

  /** Records that are there and not yet read. */
  public long lag() {
    return sources.stream()
        .flatMap(source -> source.partitions().stream())
        .mapToLong(Partition::lag)
        .sum();
  }

  /**
   * A table that is read.
   *
   * @param topic the topic that holds it, or null for rows that are made up
   * @param watermarkMillis how far event time has come; empty before every partition has a row
   * @param heldBy the partition whose watermark is the source's, or that has none as yet: where to
   *     look when event time does not advance; empty at the end, when all are idle, or without a
   *     watermark
   * @param unreadableRecords skipped because the format could not read them
   */
  public record Source(
      String table,
      @Nullable String topic,
      OptionalLong watermarkMillis,
      OptionalInt heldBy,
      long records,
      long rows,
      long unreadableRecords,
      List<Partition> partitions) {

    /** Takes an unmodifiable copy. */
    public Source {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * A partition that is read.
   *
   * @param offset of the next record
   * @param lag records that are there and not yet read
   * @param watermarkMillis its own; empty before its first row
   * @param idle whether it holds nobody back for want of records
   * @param finished whether a bounded read has come to its end
   */
  public record Partition(
      int partition,
      long offset,
      long lag,
      OptionalLong watermarkMillis,
      boolean idle,
      boolean finished) {}

  /**
   * A step of the plan.
   *
   * @param name what it does, such as {@code aggregate TUMBLE of 1 h over scheduled by origin};
   *     unique in the job
   * @param failedRows dropped because an expression had no value for them or their time was NULL
   * @param stateEntries groups kept
   * @param stateBytes about how many bytes of memory they take
   */
  public record Operator(
      String name,
      long rowsIn,
      long rowsOut,
      long lateRows,
      long failedRows,
      long stateEntries,
      long stateBytes) {}

  /**
   * An insert.
   *
   * @param topic the topic's name, or null for another connector
   */
  public record Sink(String table, @Nullable String topic, long rows) {}

  /**
   * A checkpoint that is complete.
   *
   * @param epoch its number
   * @param completedMillis when, in milliseconds since the Unix epoch
   * @param duration from the end of the epoch until it and its output were durable
   * @param bytes written for it, the output included
   * @param whole whether it holds all state, or what changed
   */
  public record Checkpoint(
      long epoch, long completedMillis, Duration duration, long bytes, boolean whole) {}
}
