package io.millrace.streams.connector;

import io.millrace.streams.operator.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source that reads the partitions of a topic. Called by the job's thread only. */
public sealed interface PartitionedSource extends Source permits TopicSource, ParallelTopicSource {

  /** The table's name. */
  String table();

  /** The topic's name. */
  String topic();

  /** The group that positions are committed for, or null. */
  @Nullable String group();

  /** Whether the table declares a watermark. */
  boolean hasWatermark();

  /** The watermark pushed last. */
  long watermark();

  /** What this source counted. */
  SourceMetrics metrics();

  /** Where each partition stands, in the order of their numbers. */
  List<PartitionProgress> progress();

  /**
   * How far a partition has been read.
   *
   * @param offset of the next record
   * @param lag records that are there and not yet read
   * @param watermark its own, {@link Stage#NO_WATERMARK} before the first row
   */
  record PartitionProgress(
      int partition, long offset, long lag, long watermark, boolean idle, boolean finished) {}
}
