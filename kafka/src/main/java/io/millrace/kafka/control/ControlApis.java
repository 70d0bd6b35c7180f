package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.control.MessageHandler.Answerer;
import io.millrace.kafka.control.MessageHandler.Decoder;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.sasl.SaslServers;
import io.millrace.kafka.sasl.SaslSettings;
import io.millrace.kafka.telemetry.ClientTelemetry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * The table of all APIs but those that carry records: number, versions, handler. A line that is not
 * here is not served, and clients are told so.
 */
public final class ControlApis {

  private static final int NEVER = Short.MAX_VALUE;
  private static final int CREATE_TOPICS = 19;

  private final int maxRequestBytes;
  private final MetadataHandler metadata;
  private final TopicsHandler topics;
  private final TopicPartitionsHandler topicPartitions;
  private final ConfigsHandler configs;
  private final OffsetsHandler offsets;
  private final ProducerIdsHandler producerIds;
  private final TransactionsHandler transactions;
  private final TransactionsAdminHandler transactionsAdmin;
  private final GroupMembershipHandler membership;
  private final GroupOffsetsHandler groupOffsets;
  private final OffsetFetchHandler offsetFetch;
  private final GroupAdminHandler groupAdmin;
  private final ConsumerGroupHandler consumerGroups;
  private final ShareGroupHandler shareGroups;
  private final ShareGroupOffsetsHandler shareOffsets;
  private final StreamsGroupHandler streamsGroups;
  private final ApiVersionsHandler apiVersions;
  private final SaslHandler sasl;
  private final ScramHandler scram;
  private final QuotasHandler quotas;
  private final TelemetryHandler telemetry;
  private final ConfigResourcesHandler configResources;
  private final AclsHandler acls;
  private final Guards guards;
  private final LogDirsHandler logDirs;
  private final PlacementHandler placement;
  private final QuorumHandler quorum;

  /**
   * @param clock stamps committed offsets
   * @param saslSettings how clients authenticate themselves on the ports with SASL
   * @param authorizes whether requests are checked against access control lists
   * @param metrics counts authentications
   * @param clientTelemetry takes what clients push
   * @param node asked at each request, since the port is known only once it is open
   * @param autoCreate whether topics are made when a client asks for them and they are missing
   * @param nodeSettings the port's settings by Kafka's names
   * @param loggers the program's, to be seen and changed
   * @param maxRequestBytes longest request of these APIs
   * @param apis all APIs of the node, for ApiVersions
   */
  public ControlApis(
      Broker broker,
      Clock clock,
      SaslSettings saslSettings,
      boolean authorizes,
      KafkaMetrics metrics,
      ClientTelemetry clientTelemetry,
      Supplier<NodeIdentity> node,
      boolean autoCreate,
      Map<String, String> nodeSettings,
      LogLevels loggers,
      int maxRequestBytes,
      Supplier<List<Api>> apis) {
    this.maxRequestBytes = maxRequestBytes;
    this.metadata = new MetadataHandler(broker.topics(), node, autoCreate);
    this.topics = new TopicsHandler(broker.topics());
    this.topicPartitions = new TopicPartitionsHandler(broker.topics(), node);
    ClientMetricsConfigs clientMetrics = new ClientMetricsConfigs(broker.clientMetrics());
    this.configs =
        new ConfigsHandler(
            Map.of(
                ResourceConfigs.TOPIC,
                new TopicConfigs(broker.topics()),
                ResourceConfigs.NODE,
                new NodeConfigs(new BrokerSettingTable(broker, nodeSettings), node),
                ResourceConfigs.LOGGERS,
                new LoggerConfigs(loggers, node),
                ResourceConfigs.CLIENT_METRICS,
                clientMetrics,
                ResourceConfigs.GROUP,
                new GroupResourceConfigs(broker.groupConfigs())));
    this.configResources = new ConfigResourcesHandler(broker.topics(), node, clientMetrics);
    this.telemetry = new TelemetryHandler(clientTelemetry);
    this.offsets = new OffsetsHandler(broker.topics());
    this.producerIds = new ProducerIdsHandler(broker.producerIds(), broker.transactions());
    this.transactions = new TransactionsHandler(broker, clock);
    this.transactionsAdmin = new TransactionsAdminHandler(broker, clock);
    this.membership = new GroupMembershipHandler(broker.groups());
    this.groupOffsets = new GroupOffsetsHandler(broker.groups(), broker.topics(), clock);
    this.offsetFetch = new OffsetFetchHandler(broker.groups(), broker.topics());
    this.groupAdmin = new GroupAdminHandler(broker.groups(), node);
    this.sasl =
        new SaslHandler(
            saslSettings, new SaslServers(saslSettings, broker.scramCredentials()), metrics);
    this.acls = new AclsHandler(broker.acls(), authorizes);
    this.guards = new Guards(broker.topics(), autoCreate);
    this.logDirs = new LogDirsHandler(broker.topics(), broker.folder());
    this.placement = new PlacementHandler(broker.topics(), node);
    this.quorum = new QuorumHandler(broker, clock, node);
    this.scram = new ScramHandler(broker.scramCredentials());
    this.quotas = new QuotasHandler(broker.clientQuotas());
    this.consumerGroups = new ConsumerGroupHandler(broker.groups(), broker.topics());
    this.shareGroups = new ShareGroupHandler(broker.groups(), broker.topics());
    this.shareOffsets = new ShareGroupOffsetsHandler(broker);
    this.streamsGroups =
        new StreamsGroupHandler(broker.groups(), guards.before(CREATE_TOPICS, topics::create));
    this.apiVersions = new ApiVersionsHandler(apis, node);
  }

  /** The table. */
  public List<Api> table() {
    return List.of(
        api(2, "ListOffsets", 1, 11, 6, ListOffsetsRequestData::new, offsets::list),
        api(3, "Metadata", 0, 13, 9, MetadataRequestData::new, metadata::metadata),
        api(8, "OffsetCommit", 2, 10, 8, OffsetCommitRequestData::new, groupOffsets::commit),
        api(9, "OffsetFetch", 1, 10, 6, OffsetFetchRequestData::new, offsetFetch::fetch),
        api(
            10,
            "FindCoordinator",
            0,
            6,
            3,
            FindCoordinatorRequestData::new,
            groupAdmin::findCoordinator),
        api(11, "JoinGroup", 0, 9, 6, JoinGroupRequestData::new, membership::join),
        api(12, "Heartbeat", 0, 4, 4, HeartbeatRequestData::new, membership::heartbeat),
        api(13, "LeaveGroup", 0, 5, 4, LeaveGroupRequestData::new, membership::leave),
        api(14, "SyncGroup", 0, 5, 4, SyncGroupRequestData::new, membership::sync),
        api(15, "DescribeGroups", 0, 6, 5, DescribeGroupsRequestData::new, groupAdmin::describe),
        api(16, "ListGroups", 0, 5, 3, ListGroupsRequestData::new, groupAdmin::list),
        // librdkafka takes a node without SaslHandshake 0 for one without SASL, but sends 1.
        api(17, "SaslHandshake", 1, 1, NEVER, sasl.handshake()).announcedFrom(0),
        api(18, "ApiVersions", 0, 5, 3, apiVersions),
        api(CREATE_TOPICS, "CreateTopics", 2, 7, 5, CreateTopicsRequestData::new, topics::create),
        api(20, "DeleteTopics", 1, 6, 4, DeleteTopicsRequestData::new, topics::delete),
        api(21, "DeleteRecords", 0, 2, 2, DeleteRecordsRequestData::new, offsets::delete),
        api(22, "InitProducerId", 0, 5, 2, InitProducerIdRequestData::new, producerIds::init),
        api(
            23,
            "OffsetForLeaderEpoch",
            2,
            4,
            4,
            OffsetForLeaderEpochRequestData::new,
            offsets::endOfEpoch),
        api(29, "DescribeAcls", 1, 3, 2, DescribeAclsRequestData::new, acls::describe),
        api(30, "CreateAcls", 1, 3, 2, CreateAclsRequestData::new, acls::create),
        api(31, "DeleteAcls", 1, 3, 2, DeleteAclsRequestData::new, acls::delete),
        api(
            24,
            "AddPartitionsToTxn",
            0,
            5,
            3,
            AddPartitionsToTxnRequestData::new,
            transactions::addPartitions),
        api(
            25,
            "AddOffsetsToTxn",
            0,
            4,
            3,
            AddOffsetsToTxnRequestData::new,
            transactions::addOffsets),
        api(26, "EndTxn", 0, 5, 3, EndTxnRequestData::new, transactions::end),
        api(
            27,
            "WriteTxnMarkers",
            1,
            2,
            1,
            WriteTxnMarkersRequestData::new,
            transactionsAdmin::writeMarkers),
        api(
            28,
            "TxnOffsetCommit",
            0,
            6,
            3,
            TxnOffsetCommitRequestData::new,
            transactions::commitOffsets),
        api(
            61,
            "DescribeProducers",
            0,
            0,
            0,
            DescribeProducersRequestData::new,
            transactionsAdmin::producers),
        api(
            65,
            "DescribeTransactions",
            0,
            0,
            0,
            DescribeTransactionsRequestData::new,
            transactionsAdmin::describe),
        api(
            66,
            "ListTransactions",
            0,
            2,
            0,
            ListTransactionsRequestData::new,
            transactionsAdmin::list),
        api(32, "DescribeConfigs", 1, 4, 4, DescribeConfigsRequestData::new, configs::describe),
        api(33, "AlterConfigs", 0, 2, 2, AlterConfigsRequestData::new, configs::replace),
        api(
            34,
            "AlterReplicaLogDirs",
            1,
            2,
            2,
            AlterReplicaLogDirsRequestData::new,
            logDirs::alter),
        api(35, "DescribeLogDirs", 1, 5, 2, DescribeLogDirsRequestData::new, logDirs::describe),
        api(36, "SaslAuthenticate", 0, 2, 2, sasl.authenticate()),
        api(
            37,
            "CreatePartitions",
            0,
            3,
            2,
            CreatePartitionsRequestData::new,
            topics::addPartitions),
        api(
            38,
            "CreateDelegationToken",
            1,
            3,
            2,
            CreateDelegationTokenRequestData::new,
            DelegationTokensHandler::create),
        api(
            39,
            "RenewDelegationToken",
            1,
            2,
            2,
            RenewDelegationTokenRequestData::new,
            DelegationTokensHandler::renew),
        api(
            40,
            "ExpireDelegationToken",
            1,
            2,
            2,
            ExpireDelegationTokenRequestData::new,
            DelegationTokensHandler::expire),
        api(
            41,
            "DescribeDelegationToken",
            1,
            3,
            2,
            DescribeDelegationTokenRequestData::new,
            DelegationTokensHandler::describe),
        api(42, "DeleteGroups", 0, 3, 2, DeleteGroupsRequestData::new, groupAdmin::delete),
        api(43, "ElectLeaders", 0, 2, 2, ElectLeadersRequestData::new, placement::elect),
        api(
            45,
            "AlterPartitionReassignments",
            0,
            1,
            0,
            AlterPartitionReassignmentsRequestData::new,
            placement::reassign),
        api(
            46,
            "ListPartitionReassignments",
            0,
            0,
            0,
            ListPartitionReassignmentsRequestData::new,
            placement::reassignments),
        api(55, "DescribeQuorum", 0, 2, 0, DescribeQuorumRequestData::new, quorum::describe),
        api(57, "UpdateFeatures", 0, 2, 0, UpdateFeaturesRequestData::new, Features::update),
        api(64, "UnregisterBroker", 0, 0, 0, UnregisterBrokerRequestData::new, quorum::unregister),
        api(
            44,
            "IncrementalAlterConfigs",
            0,
            1,
            1,
            IncrementalAlterConfigsRequestData::new,
            configs::change),
        api(47, "OffsetDelete", 0, 0, NEVER, OffsetDeleteRequestData::new, groupOffsets::delete),
        api(
            48,
            "DescribeClientQuotas",
            0,
            1,
            1,
            DescribeClientQuotasRequestData::new,
            quotas::describe),
        api(49, "AlterClientQuotas", 0, 1, 1, AlterClientQuotasRequestData::new, quotas::alter),
        api(
            50,
            "DescribeUserScramCredentials",
            0,
            0,
            0,
            DescribeUserScramCredentialsRequestData::new,
            scram::describe),
        api(
            51,
            "AlterUserScramCredentials",
            0,
            0,
            0,
            AlterUserScramCredentialsRequestData::new,
            scram::alter),
        api(
            60,
            "DescribeCluster",
            0,
            2,
            0,
            DescribeClusterRequestData::new,
            metadata::describeCluster),
        api(
            68,
            "ConsumerGroupHeartbeat",
            0,
            1,
            0,
            ConsumerGroupHeartbeatRequestData::new,
            consumerGroups::heartbeat),
        api(
            69,
            "ConsumerGroupDescribe",
            0,
            1,
            0,
            ConsumerGroupDescribeRequestData::new,
            consumerGroups::describe),
        api(
            71,
            "GetTelemetrySubscriptions",
            0,
            0,
            0,
            GetTelemetrySubscriptionsRequestData::new,
            telemetry::subscriptions),
        api(72, "PushTelemetry", 0, 0, 0, PushTelemetryRequestData::new, telemetry::push),
        api(
            74,
            "ListConfigResources",
            0,
            1,
            0,
            ListConfigResourcesRequestData::new,
            configResources::list),
        api(
            76,
            "ShareGroupHeartbeat",
            1,
            1,
            0,
            ShareGroupHeartbeatRequestData::new,
            shareGroups::heartbeat),
        api(
            77,
            "ShareGroupDescribe",
            1,
            1,
            0,
            ShareGroupDescribeRequestData::new,
            shareGroups::describe),
        api(
            88,
            "StreamsGroupHeartbeat",
            0,
            1,
            0,
            StreamsGroupHeartbeatRequestData::new,
            streamsGroups::heartbeat),
        api(
            89,
            "StreamsGroupDescribe",
            0,
            1,
            0,
            StreamsGroupDescribeRequestData::new,
            streamsGroups::describe),
        api(
            90,
            "DescribeShareGroupOffsets",
            0,
            1,
            0,
            DescribeShareGroupOffsetsRequestData::new,
            shareOffsets::describe),
        api(
            91,
            "AlterShareGroupOffsets",
            0,
            0,
            0,
            AlterShareGroupOffsetsRequestData::new,
            shareOffsets::alter),
        api(
            92,
            "DeleteShareGroupOffsets",
            0,
            0,
            0,
            DeleteShareGroupOffsetsRequestData::new,
            shareOffsets::delete),
        api(
            75,
            "DescribeTopicPartitions",
            0,
            0,
            0,
            DescribeTopicPartitionsRequestData::new,
            topicPartitions::describe));
  }

  private <Q extends ApiMessage> Api api(
      int key,
      String name,
      int minVersion,
      int maxVersion,
      int flexibleFrom,
      Decoder<Q> decoder,
      Answerer<Q> answerer) {
    return api(
        key,
        name,
        minVersion,
        maxVersion,
        flexibleFrom,
        new MessageHandler<>(decoder, guards.before(key, answerer)));
  }

  private Api api(
      int key, String name, int minVersion, int maxVersion, int flexibleFrom, ApiHandler handler) {
    return new Api(
        (short) key,
        name,
        (short) minVersion,
        (short) maxVersion,
        (short) minVersion,
        (short) flexibleFrom,
        maxRequestBytes,
        handler);
  }
}
