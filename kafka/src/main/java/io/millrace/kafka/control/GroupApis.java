package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.net.Api;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;

/** Groups of every protocol: their members, offsets and administration. */
final class GroupApis {

  private final GuardedApis apis;
  private final GroupMembershipHandler membership;
  private final GroupOffsetsHandler offsets;
  private final OffsetFetchHandler offsetFetch;
  private final GroupAdminHandler admin;
  private final ConsumerGroupHandler consumerGroups;
  private final ShareGroupHandler shareGroups;
  private final ShareGroupOffsetsHandler shareOffsets;
  private final StreamsGroupHandler streamsGroups;

  /**
   * @param topics makes the internal topics of streams groups
   */
  GroupApis(
      GuardedApis apis, Broker broker, TopicApis topics, Clock clock, Supplier<NodeIdentity> node) {
    this.apis = apis;
    this.membership = new GroupMembershipHandler(broker.groups());
    this.offsets = new GroupOffsetsHandler(broker.groups(), broker.topics(), clock);
    this.offsetFetch = new OffsetFetchHandler(broker.groups(), broker.topics());
    this.admin = new GroupAdminHandler(broker.groups(), node);
    this.consumerGroups = new ConsumerGroupHandler(broker.groups(), broker.topics());
    this.shareGroups = new ShareGroupHandler(broker.groups(), broker.topics());
    this.shareOffsets = new ShareGroupOffsetsHandler(broker);
    this.streamsGroups = new StreamsGroupHandler(broker.groups(), topics.creator());
  }

  List<Api> table() {
    return List.of(
        apis.api(8, "OffsetCommit", 2, 10, 8, OffsetCommitRequestData::new, offsets::commit),
        apis.api(9, "OffsetFetch", 1, 10, 6, OffsetFetchRequestData::new, offsetFetch::fetch),
        apis.api(
            10,
            "FindCoordinator",
            0,
            6,
            3,
            FindCoordinatorRequestData::new,
            admin::findCoordinator),
        apis.api(11, "JoinGroup", 0, 9, 6, JoinGroupRequestData::new, membership::join),
        apis.api(12, "Heartbeat", 0, 4, 4, HeartbeatRequestData::new, membership::heartbeat),
        apis.api(13, "LeaveGroup", 0, 5, 4, LeaveGroupRequestData::new, membership::leave),
        apis.api(14, "SyncGroup", 0, 5, 4, SyncGroupRequestData::new, membership::sync),
        apis.api(15, "DescribeGroups", 0, 6, 5, DescribeGroupsRequestData::new, admin::describe),
        apis.api(16, "ListGroups", 0, 5, 3, ListGroupsRequestData::new, admin::list),
        apis.api(42, "DeleteGroups", 0, 3, 2, DeleteGroupsRequestData::new, admin::delete),
        apis.api(
            47,
            "OffsetDelete",
            0,
            0,
            GuardedApis.NEVER,
            OffsetDeleteRequestData::new,
            offsets::delete),
        apis.api(
            68,
            "ConsumerGroupHeartbeat",
            0,
            1,
            0,
            ConsumerGroupHeartbeatRequestData::new,
            consumerGroups::heartbeat),
        apis.api(
            69,
            "ConsumerGroupDescribe",
            0,
            1,
            0,
            ConsumerGroupDescribeRequestData::new,
            consumerGroups::describe),
        apis.api(
            76,
            "ShareGroupHeartbeat",
            1,
            1,
            0,
            ShareGroupHeartbeatRequestData::new,
            shareGroups::heartbeat),
        apis.api(
            77,
            "ShareGroupDescribe",
            1,
            1,
            0,
            ShareGroupDescribeRequestData::new,
            shareGroups::describe),
        apis.api(
            88,
            "StreamsGroupHeartbeat",
            0,
            1,
            0,
            StreamsGroupHeartbeatRequestData::new,
            streamsGroups::heartbeat),
        apis.api(
            89,
            "StreamsGroupDescribe",
            0,
            1,
            0,
            StreamsGroupDescribeRequestData::new,
            streamsGroups::describe),
        apis.api(
            90,
            "DescribeShareGroupOffsets",
            0,
            1,
            0,
            DescribeShareGroupOffsetsRequestData::new,
            shareOffsets::describe),
        apis.api(
            91,
            "AlterShareGroupOffsets",
            0,
            0,
            0,
            AlterShareGroupOffsetsRequestData::new,
            shareOffsets::alter),
        apis.api(
            92,
            "DeleteShareGroupOffsets",
            0,
            0,
            0,
            DeleteShareGroupOffsetsRequestData::new,
            shareOffsets::delete),
        apis.api(
            93,
            "StreamsGroupTopologyDescriptionUpdate",
            0,
            0,
            0,
            StreamsGroupTopologyDescriptionUpdateRequestData::new,
            streamsGroups::describeTopology));
  }
}
