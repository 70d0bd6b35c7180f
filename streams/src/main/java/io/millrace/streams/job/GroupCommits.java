package io.millrace.streams.job;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.core.Clock;
import io.millrace.streams.connector.PartitionedSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a job's positions under {@code properties.group.id}, at most every five seconds, so that
 * the tools that show a group's lag show a job's. The job itself goes by its checkpoint. Confined
 * to the job's thread.
 */
final class GroupCommits {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommits.class);
  private static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final GroupCoordinator groups;
  private final Clock clock;
  private long lastNanos;
  private boolean committedBefore;

  GroupCommits(GroupCoordinator groups, Clock clock) {
    this.groups = groups;
    this.clock = clock;
  }

  void commit(List<PartitionedSource> sources) {
    if (!committedBefore || clock.nanos() - lastNanos >= INTERVAL_NANOS) {
      commitNow(sources);
    }
  }

  void commitNow(List<PartitionedSource> sources) {
    committedBefore = true;
    lastNanos = clock.nanos();
    for (PartitionedSource source : sources) {
      String group = source.group();
      if (group != null) {
        commit(group, source);
      }
    }
  }

  private void commit(String group, PartitionedSource source) {
    Map<TopicPartition, CommittedOffset> offsets = new HashMap<>();
    for (PartitionedSource.PartitionProgress each : source.progress()) {
      offsets.put(
          new TopicPartition(source.topic(), each.partition()),
          new CommittedOffset(each.offset(), -1, "", clock.millis()));
    }
    var unused =
        groups
            .commit(new MemberIdentity(group, -1, "", null), offsets)
            .exceptionally(
                failure -> {
                  LOG.debug("The offsets of group {} were not committed", group, failure);
                  return null;
                });
  }
}
