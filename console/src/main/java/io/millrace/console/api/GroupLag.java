package io.millrace.console.api;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a group's committed offset in a partition is from what it could read.
 *
 * @param endOffset the high watermark; null when the partition is gone
 * @param lag in records; null when the partition is gone. A committed offset that retention has
 *     overtaken lags from the first record that is left
 * @param commitTime in milliseconds since the Unix epoch
 */
public record GroupLag(
    String topic,
    int partition,
    long committedOffset,
    @Nullable Long endOffset,
    @Nullable Long lag,
    String metadata,
    long commitTime) {

  /** The lags of a group's committed offsets, in the order of topics and partitions. */
  public static List<GroupLag> of(Map<TopicPartition, CommittedOffset> committed, Topics topics) {
    List<GroupLag> lags = new ArrayList<>(committed.size());
    committed.forEach((name, offset) -> lags.add(of(name, offset, topics)));
    lags.sort(Comparator.comparing(GroupLag::topic).thenComparingInt(GroupLag::partition));
    return lags;
  }

  /** Records that all of these have not been read of. */
  public static long total(List<GroupLag> lags) {
    return lags.stream().mapToLong(lag -> lag.lag() == null ? 0 : lag.lag()).sum();
  }

  private static GroupLag of(TopicPartition name, CommittedOffset offset, Topics topics) {
    Partition partition = topics.find(name.topic(), name.partition());
    Long end = partition == null ? null : partition.highWatermark();
    Long lag =
        partition == null || end == null
            ? null
            : Math.max(0, end - Math.max(offset.offset(), partition.startOffset()));
    return new GroupLag(
        name.topic(),
        name.partition(),
        offset.offset(),
        end,
        lag,
        offset.metadata(),
        offset.commitTimeMillis());
  }
}
