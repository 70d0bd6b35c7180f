package io.millrace.broker.group.streams;

import io.millrace.broker.group.GroupState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A streams group as administrators see it. Immutable.
 *
 * @param topology null before a member has told it
 * @param resolved the topology held against the topics; null likewise
 * @param description of its inner nodes; null when no member has told it
 */
public record StreamsGroupDescription(
    String group,
    GroupState state,
    int epoch,
    int assignmentEpoch,
    String assignor,
    @Nullable StreamsTopology topology,
    @Nullable ResolvedTopology resolved,
    @Nullable TopologyDescription description,
    List<MemberDescription> members) {

  /** A member with what it is to have, and how far its state has come. */
  public record MemberDescription(StreamsMember member, Tasks target, ReportedOffsets reported) {}
}
