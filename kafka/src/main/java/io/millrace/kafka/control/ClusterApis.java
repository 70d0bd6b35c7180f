package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.net.Api;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;

/** The node as a cluster: its versions and features, where partitions lie, its quorum. */
final class ClusterApis {

  private final GuardedApis apis;
  private final MetadataHandler metadata;
  private final ApiVersionsHandler apiVersions;
  private final LogDirsHandler logDirs;
  private final PlacementHandler placement;
  private final QuorumHandler quorum;

  ClusterApis(
      GuardedApis apis,
      Broker broker,
      Clock clock,
      MetadataHandler metadata,
      Supplier<NodeIdentity> node,
      Supplier<List<Api>> table) {
    this.apis = apis;
    this.metadata = metadata;
    this.apiVersions = new ApiVersionsHandler(table, node);
    this.logDirs = new LogDirsHandler(broker.topics(), broker.folder());
    this.placement = new PlacementHandler(broker.topics(), node);
    this.quorum = new QuorumHandler(broker, clock, node);
  }

  List<Api> table() {
    return List.of(
        apis.api(18, "ApiVersions", 0, 5, 3, apiVersions),
        apis.api(
            34,
            "AlterReplicaLogDirs",
            1,
            2,
            2,
            AlterReplicaLogDirsRequestData::new,
            logDirs::alter),
        apis.api(
            35, "DescribeLogDirs", 1, 5, 2, DescribeLogDirsRequestData::new, logDirs::describe),
        apis.api(43, "ElectLeaders", 0, 2, 2, ElectLeadersRequestData::new, placement::elect),
        apis.api(
            45,
            "AlterPartitionReassignments",
            0,
            1,
            0,
            AlterPartitionReassignmentsRequestData::new,
            placement::reassign),
        apis.api(
            46,
            "ListPartitionReassignments",
            0,
            0,
            0,
            ListPartitionReassignmentsRequestData::new,
            placement::reassignments),
        apis.api(55, "DescribeQuorum", 0, 2, 0, DescribeQuorumRequestData::new, quorum::describe),
        apis.api(57, "UpdateFeatures", 0, 2, 0, UpdateFeaturesRequestData::new, Features::update),
        apis.api(
            60,
            "DescribeCluster",
            0,
            2,
            0,
            DescribeClusterRequestData::new,
            metadata::describeCluster),
        apis.api(
            64, "UnregisterBroker", 0, 0, 0, UnregisterBrokerRequestData::new, quorum::unregister));
  }
}
