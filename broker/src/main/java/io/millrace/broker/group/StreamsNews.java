package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.streams.ReportedOffsets;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsGroupMemory;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsMemberMetadata;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.topic.TopicsImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat of a streams group's member brings that is new, as records. Of one call in the
 * shard's mailbox.
 *
 * @param before what the member had told before, or null for a new one
 */
record StreamsNews(
    StreamsGroup group,
    StreamsGroupMemory memory,
    @Nullable StreamsMemberMetadata before,
    StreamsHeartbeat request,
    TopicsImage image,
    StreamsGroupConfig config) {

  /** Whether the member can be queried elsewhere than before. */
  boolean movesEndpoint() {
    return !Objects.equals(
        request.over(before).endpoint(), before == null ? null : before.endpoint());
  }

  /**
   * The member and its topology, as far as they have changed, and the group epoch that follows from
   * that, from other topics than those that were seen last, from other settings, or from a state
   * that has caught up.
   */
  List<StreamsGroupRecord> records() {
    StreamsMemberMetadata after = request.over(before);
    List<StreamsGroupRecord> records = new ArrayList<>();
    if (!after.equals(before)) {
      records.add(new StreamsGroupRecord.Member(group.name(), request.memberId(), after));
    }
    StreamsTopology topology = changedTopology();
    if (topology != null) {
      records.add(new StreamsGroupRecord.Topology(group.name(), topology));
    }
    boolean outdated =
        !config.named().equals(group.assignedBy())
            || (!group.members().hasSeen(image) && group.isOutdated(image));
    if (before == null
        || !after.assignsAs(before)
        || topology != null
        || outdated
        || hasWarmedUp()) {
      records.add(group.bumped(topology, image, config.named()));
    }
    return records;
  }

  /** Whether a task can be moved to the member, since its state is there now. */
  private boolean hasWarmedUp() {
    Set<TaskId> warmups = group.members().target(request.memberId()).warmup();
    if (warmups.isEmpty() || group.members().isAssignmentDue()) {
      return false;
    }
    ReportedOffsets reported = memory.of(request.memberId());
    return warmups.stream()
        .anyMatch(task -> reported.isCaughtUp(task, config.rules().acceptableLag()));
  }

  /**
   * The topology that is to be the group's from now on, or null when that stays what it is. One of
   * a later epoch replaces it; any does in a group that has no other members.
   */
  private @Nullable StreamsTopology changedTopology() {
    StreamsTopology told = request.topology();
    StreamsTopology present = group.topology();
    if (told == null || told.equals(present)) {
      return null;
    }
    boolean alone = group.members().ids().stream().allMatch(request.memberId()::equals);
    if (present == null || alone || told.epoch() > present.epoch()) {
      return told;
    }
    if (told.epoch() < present.epoch()) {
      return null;
    }
    throw new BrokerException(
        BrokerError.INVALID_GROUP_REQUEST,
        "the members of group "
            + group.name()
            + " run another topology of epoch "
            + present.epoch()
            + "; allowed: the same, or another one once all of them have left");
  }
}
