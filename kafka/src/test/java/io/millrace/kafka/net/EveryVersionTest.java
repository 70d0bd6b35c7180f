package io.millrace.kafka.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.topic.NewTopic;
import io.millrace.kafka.NodeFixture;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
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
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
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
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each request, in each version that is announced, gets an answer that Kafka's own library can read
 * to its last byte. Without this a version that no client at hand speaks could hang or lie.
 */
class EveryVersionTest {

  private static final String TOPIC = "orders";

  @TempDir Path folder;
  private NodeFixture node;
  private Uuid topicId;
  private int nextCorrelation;

  @BeforeEach
  void start() {
    node = new NodeFixture(folder);
    UUID id =
        node.broker()
            .topics()
            .create(new NewTopic(TOPIC, 2, Map.of()))
            .toCompletableFuture()
            .join()
            .id();
    topicId = new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @TestFactory
  Stream<DynamicTest> everyAnnouncedVersionIsAnswered() {
    return node.server().apis().apis().stream()
        .flatMap(
            api ->
                IntStream.rangeClosed(api.minVersion(), api.maxVersion())
                    .mapToObj(
                        version ->
                            dynamicTest(
                                api.name() + " " + version,
                                () -> ask(ApiKeys.forId(api.key()), (short) version))));
  }

  /** All answers but those of authentication and of markers have a place for it. */
  @TestFactory
  Stream<DynamicTest> everyAnswerTellsForHowLongItsClientIsHeldBack() {
    node.broker()
        .clientQuotas()
        .change(
            Map.of(
                ClientQuotaEntity.ofUser(ClientQuotaEntity.DEFAULT),
                Map.of(QuotaKey.REQUEST_PERCENTAGE, 1e-9)))
        .toCompletableFuture()
        .join();
    return node.server().apis().apis().stream()
        .filter(api -> Arrays.stream(answerMethods(api)).anyMatch(EveryVersionTest::isThrottleTime))
        .map(
            api ->
                dynamicTest(
                    api.name(),
                    () -> {
                      try (RawClient client = new RawClient(node.port())) {
                        ApiKeys key = ApiKeys.forId(api.key());
                        short version = api.maxVersion();
                        ApiMessage answer =
                            ask(client, key, version, request(client, key, version));
                        assertThat(answer.toString()).containsPattern("throttleTimeMs=[1-9]");
                      }
                    }));
  }

  private static Method[] answerMethods(Api api) {
    return ApiMessageType.fromApiKey(api.key()).newResponse().getClass().getMethods();
  }

  private static boolean isThrottleTime(Method method) {
    return method.getName().equals("setThrottleTimeMs");
  }

  private void ask(ApiKeys api, short version) throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      ApiMessage answer = ask(client, api, version, request(client, api, version));
      assertThat(answer).isNotNull();
      assertThat(answer.toString()).doesNotContain("errorCode=-1");
      assertThat(node.server().metrics().failures()).isZero();
    }
  }

  private ApiMessage ask(RawClient client, ApiKeys api, short version, ApiMessage request)
      throws IOException {
    int correlation = nextCorrelation++;
    client.send(RawClient.frame(api, version, correlation, request));
    ByteBufferAccessor bytes = client.answer(api, version, correlation);
    ApiMessage answer = ApiMessageType.fromApiKey(api.id).newResponse();
    answer.read(bytes, version);
    assertThat(bytes.remaining()).isZero();
    return answer;
  }

  private ApiMessage request(RawClient client, ApiKeys api, short version) throws IOException {
    return switch (api) {
      case PRODUCE -> produce();
      case FETCH -> fetch(version);
      case LIST_OFFSETS -> listOffsets();
      case METADATA ->
          new MetadataRequestData()
              .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC)));
      case OFFSET_COMMIT -> offsetCommit(version);
      case OFFSET_FETCH -> offsetFetch(version);
      case FIND_COORDINATOR ->
          version < 4
              ? new FindCoordinatorRequestData().setKey("group")
              : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group"));
      case JOIN_GROUP -> join("joining", "");
      case HEARTBEAT -> new HeartbeatRequestData().setGroupId("g").setMemberId("nobody");
      case LEAVE_GROUP -> leave(version);
      case SYNC_GROUP -> sync(client, version);
      case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("g", "h"));
      case LIST_GROUPS -> new ListGroupsRequestData();
      case API_VERSIONS ->
          new ApiVersionsRequestData().setClientSoftwareName("t").setClientSoftwareVersion("1");
      case DESCRIBE_ACLS ->
          new DescribeAclsRequestData()
              .setResourceTypeFilter((byte) 1)
              .setPatternTypeFilter((byte) 1)
              .setOperation((byte) 1)
              .setPermissionType((byte) 1);
      case CREATE_ACLS ->
          new CreateAclsRequestData()
              .setCreations(
                  List.of(
                      new CreateAclsRequestData.AclCreation()
                          .setResourceType((byte) 2)
                          .setResourceName(TOPIC)
                          .setPrincipal("User:alice")
                          .setHost("*")
                          .setOperation((byte) 3)
                          .setPermissionType((byte) 3)));
      case DELETE_ACLS ->
          new DeleteAclsRequestData()
              .setFilters(
                  List.of(
                      new DeleteAclsRequestData.DeleteAclsFilter()
                          .setResourceTypeFilter((byte) 1)
                          .setPatternTypeFilter((byte) 3)
                          .setOperation((byte) 1)
                          .setPermissionType((byte) 1)));
      case SASL_HANDSHAKE -> new SaslHandshakeRequestData().setMechanism("PLAIN");
      case SASL_AUTHENTICATE -> new SaslAuthenticateRequestData().setAuthBytes(new byte[] {1});
      case DESCRIBE_CLIENT_QUOTAS ->
          new DescribeClientQuotasRequestData()
              .setComponents(
                  List.of(
                      new DescribeClientQuotasRequestData.ComponentData()
                          .setEntityType("user")
                          .setMatchType((byte) 2)));
      case ALTER_CLIENT_QUOTAS ->
          new AlterClientQuotasRequestData()
              .setEntries(
                  List.of(
                      new AlterClientQuotasRequestData.EntryData()
                          .setEntity(
                              List.of(
                                  new AlterClientQuotasRequestData.EntityData()
                                      .setEntityType("user")
                                      .setEntityName("alice")))
                          .setOps(
                              List.of(
                                  new AlterClientQuotasRequestData.OpData()
                                      .setKey("producer_byte_rate")
                                      .setValue(1e9)))));
      case GET_TELEMETRY_SUBSCRIPTIONS -> new GetTelemetrySubscriptionsRequestData();
      case PUSH_TELEMETRY ->
          new PushTelemetryRequestData()
              .setClientInstanceId(Uuid.randomUuid())
              .setMetrics(ByteBuffer.allocate(0));
      case LIST_CONFIG_RESOURCES -> new ListConfigResourcesRequestData();
      case DESCRIBE_USER_SCRAM_CREDENTIALS ->
          new DescribeUserScramCredentialsRequestData().setUsers(null);
      case ALTER_USER_SCRAM_CREDENTIALS -> alterScram();
      case CREATE_TOPICS -> createTopic(version);
      case DELETE_TOPICS ->
          version < 6
              ? new DeleteTopicsRequestData().setTopicNames(List.of("missing"))
              : new DeleteTopicsRequestData()
                  .setTopics(
                      List.of(new DeleteTopicsRequestData.DeleteTopicState().setName("missing")));
      case DELETE_RECORDS ->
          new DeleteRecordsRequestData()
              .setTopics(
                  List.of(
                      new DeleteRecordsRequestData.DeleteRecordsTopic()
                          .setName(TOPIC)
                          .setPartitions(
                              List.of(
                                  new DeleteRecordsRequestData.DeleteRecordsPartition()
                                      .setPartitionIndex(0)
                                      .setOffset(0)))));
      case INIT_PRODUCER_ID ->
          new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000);
      case OFFSET_FOR_LEADER_EPOCH -> endOfEpoch();
      case DESCRIBE_CONFIGS ->
          new DescribeConfigsRequestData()
              .setIncludeSynonyms(true)
              .setResources(
                  List.of(
                      new DescribeConfigsRequestData.DescribeConfigsResource()
                          .setResourceType((byte) 2)
                          .setResourceName(TOPIC)
                          .setConfigurationKeys(null)));
      case ALTER_CONFIGS -> alterConfigs();
      case INCREMENTAL_ALTER_CONFIGS -> incrementalAlterConfigs();
      case CREATE_PARTITIONS -> createPartitions();
      case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("missing"));
      case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId("missing");
      case CONSUMER_GROUP_HEARTBEAT -> consumerHeartbeat("beating" + version);
      case CONSUMER_GROUP_DESCRIBE -> {
        ApiMessage unused =
            ask(client, ApiKeys.CONSUMER_GROUP_HEARTBEAT, (short) 1, consumerHeartbeat("beating"));
        yield new ConsumerGroupDescribeRequestData().setGroupIds(List.of("beating", "missing"));
      }
      case DESCRIBE_CLUSTER -> new DescribeClusterRequestData();
      case DESCRIBE_TOPIC_PARTITIONS ->
          new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(1);
      case ADD_PARTITIONS_TO_TXN -> addPartitions(client, version);
      case ADD_OFFSETS_TO_TXN -> {
        InitProducerIdResponseData producer = begin(client, "offsets" + version);
        yield new AddOffsetsToTxnRequestData()
            .setTransactionalId("offsets" + version)
            .setProducerId(producer.producerId())
            .setProducerEpoch(producer.producerEpoch())
            .setGroupId("g");
      }
      case END_TXN -> {
        InitProducerIdResponseData producer = begin(client, "ended" + version);
        yield new EndTxnRequestData()
            .setTransactionalId("ended" + version)
            .setProducerId(producer.producerId())
            .setProducerEpoch(producer.producerEpoch());
      }
      case TXN_OFFSET_COMMIT -> transactionalCommit(client, version);
      case WRITE_TXN_MARKERS ->
          new WriteTxnMarkersRequestData()
              .setMarkers(
                  List.of(
                      new WriteTxnMarkersRequestData.WritableTxnMarker()
                          .setProducerId(99)
                          .setTopics(
                              List.of(
                                  new WriteTxnMarkersRequestData.WritableTxnMarkerTopic()
                                      .setName(TOPIC)
                                      .setPartitionIndexes(List.of(0, 7))))));
      case DESCRIBE_PRODUCERS -> {
        DescribeProducersRequestData described = new DescribeProducersRequestData();
        described
            .topics()
            .add(
                new DescribeProducersRequestData.TopicRequest()
                    .setName(TOPIC)
                    .setPartitionIndexes(List.of(0, 7)));
        yield described;
      }
      case DESCRIBE_TRANSACTIONS -> {
        begin(client, "described");
        yield new DescribeTransactionsRequestData()
            .setTransactionalIds(List.of("described", "missing"));
      }
      case LIST_TRANSACTIONS -> {
        begin(client, "listed");
        yield new ListTransactionsRequestData().setStateFilters(List.of("Empty", "Odd"));
      }
      case ALTER_REPLICA_LOG_DIRS -> moveLogDirs();
      case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequestData().setTopics(null);
      case CREATE_DELEGATION_TOKEN -> new CreateDelegationTokenRequestData();
      case RENEW_DELEGATION_TOKEN -> new RenewDelegationTokenRequestData();
      case EXPIRE_DELEGATION_TOKEN -> new ExpireDelegationTokenRequestData();
      case DESCRIBE_DELEGATION_TOKEN -> new DescribeDelegationTokenRequestData();
      case ELECT_LEADERS -> electLeaders();
      case ALTER_PARTITION_REASSIGNMENTS ->
          new AlterPartitionReassignmentsRequestData()
              .setTopics(
                  List.of(
                      new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                          .setName(TOPIC)
                          .setPartitions(
                              List.of(
                                  new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                      .setPartitionIndex(0)
                                      .setReplicas(List.of(1, 2))))));
      case LIST_PARTITION_REASSIGNMENTS ->
          new ListPartitionReassignmentsRequestData().setTopics(null);
      case DESCRIBE_QUORUM ->
          new DescribeQuorumRequestData()
              .setTopics(
                  List.of(
                      new DescribeQuorumRequestData.TopicData()
                          .setTopicName("__cluster_metadata")
                          .setPartitions(
                              List.of(
                                  new DescribeQuorumRequestData.PartitionData()
                                      .setPartitionIndex(0)))));
      case UPDATE_FEATURES -> updateFeatures();
      case UNREGISTER_BROKER -> new UnregisterBrokerRequestData().setBrokerId(7);
      case SHARE_GROUP_HEARTBEAT -> shareHeartbeat("sharing");
      case SHARE_GROUP_DESCRIBE -> {
        ApiMessage unused = shareFetched(client);
        yield new ShareGroupDescribeRequestData().setGroupIds(List.of("sharing", "missing"));
      }
      case SHARE_FETCH -> {
        ApiMessage unused = produceOne(client);
        yield shareFetch();
      }
      case SHARE_ACKNOWLEDGE -> {
        ApiMessage unused = shareFetched(client);
        yield shareAcknowledge();
      }
      case STREAMS_GROUP_HEARTBEAT -> streamsHeartbeat();
      case STREAMS_GROUP_DESCRIBE -> {
        ApiMessage unused =
            ask(client, ApiKeys.STREAMS_GROUP_HEARTBEAT, (short) 1, streamsHeartbeat());
        yield new StreamsGroupDescribeRequestData()
            .setGroupIds(List.of("streaming", "missing"))
            .setIncludeAuthorizedOperations(true);
      }
      case STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE -> {
        ApiMessage unused =
            ask(client, ApiKeys.STREAMS_GROUP_HEARTBEAT, (short) 1, streamsHeartbeat());
        yield new StreamsGroupTopologyDescriptionUpdateRequestData()
            .setGroupId("streaming")
            .setMemberId("member");
      }
      case DESCRIBE_SHARE_GROUP_OFFSETS -> {
        ApiMessage unused = shareFetched(client);
        yield new DescribeShareGroupOffsetsRequestData()
            .setGroups(
                Stream.of("sharing", "missing")
                    .map(
                        group ->
                            new DescribeShareGroupOffsetsRequestData
                                    .DescribeShareGroupOffsetsRequestGroup()
                                .setGroupId(group)
                                .setTopics(null))
                    .toList());
      }
      case ALTER_SHARE_GROUP_OFFSETS -> {
        ApiMessage unused = shareFetched(client);
        yield new AlterShareGroupOffsetsRequestData().setGroupId("sharing");
      }
      case DELETE_SHARE_GROUP_OFFSETS -> {
        ApiMessage unused = shareFetched(client);
        yield new DeleteShareGroupOffsetsRequestData().setGroupId("sharing");
      }
      default -> throw new AssertionError("this test has no request for " + api);
    };
  }

  private static ApiMessage shareHeartbeat(String group) {
    return new ShareGroupHeartbeatRequestData()
        .setGroupId(group)
        .setMemberId("member")
        .setMemberEpoch(0)
        .setSubscribedTopicNames(List.of(TOPIC));
  }

  private static ApiMessage streamsHeartbeat() {
    return new StreamsGroupHeartbeatRequestData()
        .setGroupId("streaming")
        .setMemberId("member")
        .setMemberEpoch(0)
        .setRebalanceTimeoutMs(1000)
        .setProcessId("process")
        .setUserEndpoint(
            new StreamsGroupHeartbeatRequestData.Endpoint().setHost("localhost").setPort(65535))
        .setTopology(
            new StreamsGroupHeartbeatRequestData.Topology()
                .setSubtopologies(
                    List.of(
                        new StreamsGroupHeartbeatRequestData.Subtopology()
                            .setSubtopologyId("0")
                            .setSourceTopics(List.of(TOPIC))
                            .setStateChangelogTopics(
                                List.of(
                                    new StreamsGroupHeartbeatRequestData.TopicInfo()
                                        .setName("streaming-changelog"))))));
  }

  private ApiMessage produceOne(RawClient client) throws IOException {
    return ask(client, ApiKeys.PRODUCE, (short) 9, produce());
  }

  private ApiMessage shareFetched(RawClient client) throws IOException {
    ApiMessage unused =
        ask(client, ApiKeys.SHARE_GROUP_HEARTBEAT, (short) 1, shareHeartbeat("sharing"));
    return ask(client, ApiKeys.SHARE_FETCH, (short) 1, shareFetch());
  }

  private ApiMessage shareFetch() {
    ShareFetchRequestData request =
        new ShareFetchRequestData()
            .setGroupId("sharing")
            .setMemberId("member")
            .setShareSessionEpoch(0)
            .setMaxRecords(10)
            .setBatchSize(10)
            .setMaxBytes(1000);
    ShareFetchRequestData.FetchTopic topic =
        new ShareFetchRequestData.FetchTopic().setTopicId(topicId);
    topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
    request.topics().add(topic);
    return request;
  }

  private ApiMessage shareAcknowledge() {
    ShareAcknowledgeRequestData request =
        new ShareAcknowledgeRequestData()
            .setGroupId("sharing")
            .setMemberId("member")
            .setShareSessionEpoch(1);
    ShareAcknowledgeRequestData.AcknowledgeTopic topic =
        new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(topicId);
    topic
        .partitions()
        .add(
            new ShareAcknowledgeRequestData.AcknowledgePartition()
                .setPartitionIndex(0)
                .setAcknowledgementBatches(
                    List.of(
                        new ShareAcknowledgeRequestData.AcknowledgementBatch()
                            .setFirstOffset(0)
                            .setLastOffset(0)
                            .setAcknowledgeTypes(List.of((byte) 1)))));
    request.topics().add(topic);
    return request;
  }

  private InitProducerIdResponseData begin(RawClient client, String transactionalId)
      throws IOException {
    InitProducerIdResponseData producer =
        (InitProducerIdResponseData)
            ask(
                client,
                ApiKeys.INIT_PRODUCER_ID,
                (short) 5,
                new InitProducerIdRequestData()
                    .setTransactionalId(transactionalId)
                    .setTransactionTimeoutMs(60_000));
    assertThat(producer.errorCode()).isZero();
    return producer;
  }

  private ApiMessage addPartitions(RawClient client, short version) throws IOException {
    String id = "adding" + version;
    InitProducerIdResponseData producer = begin(client, id);
    AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics =
        new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
    topics.add(
        new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
            .setName(TOPIC)
            .setPartitions(List.of(0, 1)));
    AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
    if (version < 4) {
      return request
          .setV3AndBelowTransactionalId(id)
          .setV3AndBelowProducerId(producer.producerId())
          .setV3AndBelowProducerEpoch(producer.producerEpoch())
          .setV3AndBelowTopics(topics);
    }
    request
        .transactions()
        .add(
            new AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction()
                .setTransactionalId(id)
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setTopics(topics));
    return request;
  }

  private ApiMessage transactionalCommit(RawClient client, short version) throws IOException {
    String id = "committing" + version;
    InitProducerIdResponseData producer = begin(client, id);
    TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic topic =
        new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
            .setPartitions(
                List.of(
                    new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(1)
                        .setCommittedMetadata("m")));
    return new TxnOffsetCommitRequestData()
        .setTransactionalId(id)
        .setGroupId("transactional")
        .setProducerId(producer.producerId())
        .setProducerEpoch(producer.producerEpoch())
        .setTopics(List.of(version < 6 ? topic.setName(TOPIC) : topic.setTopicId(topicId)));
  }

  private ApiMessage produce() {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    builder.add(1000, null, ByteBuffer.wrap(new byte[] {1}), List.of());
    ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
    request
        .topicData()
        .add(
            new ProduceRequestData.TopicProduceData()
                .setName(TOPIC)
                .setTopicId(topicId)
                .setPartitionData(
                    List.of(
                        new ProduceRequestData.PartitionProduceData()
                            .setIndex(0)
                            .setRecords(MemoryRecords.readableRecords(builder.build())))));
    return request;
  }

  private ApiMessage fetch(short version) {
    FetchRequestData request =
        new FetchRequestData()
            .setMaxBytes(1000)
            .setTopics(
                List.of(
                    new FetchRequestData.FetchTopic()
                        .setTopic(TOPIC)
                        .setTopicId(topicId)
                        .setPartitions(
                            List.of(
                                new FetchRequestData.FetchPartition()
                                    .setPartition(0)
                                    .setPartitionMaxBytes(1000)))));
    return version >= 7 ? request.setSessionEpoch(0) : request;
  }

  private static ApiMessage listOffsets() {
    return new ListOffsetsRequestData()
        .setReplicaId(-1)
        .setTopics(
            List.of(
                new ListOffsetsRequestData.ListOffsetsTopic()
                    .setName(TOPIC)
                    .setPartitions(
                        Stream.of(-1L, -2L, 0L)
                            .map(
                                time ->
                                    new ListOffsetsRequestData.ListOffsetsPartition()
                                        .setPartitionIndex(time < 0 ? 0 : 1)
                                        .setTimestamp(time))
                            .toList())));
  }

  private ApiMessage offsetCommit(short version) {
    OffsetCommitRequestData.OffsetCommitRequestTopic topic =
        new OffsetCommitRequestData.OffsetCommitRequestTopic()
            .setPartitions(
                List.of(
                    new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(1)
                        .setCommittedMetadata("m")));
    return new OffsetCommitRequestData()
        .setGroupId("committing")
        .setTopics(List.of(version < 10 ? topic.setName(TOPIC) : topic.setTopicId(topicId)));
  }

  private ApiMessage offsetFetch(short version) {
    if (version < 8) {
      return new OffsetFetchRequestData()
          .setGroupId("committing")
          .setTopics(
              List.of(
                  new OffsetFetchRequestData.OffsetFetchRequestTopic()
                      .setName(TOPIC)
                      .setPartitionIndexes(List.of(0, 1))));
    }
    OffsetFetchRequestData.OffsetFetchRequestTopics topic =
        new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0, 1));
    return new OffsetFetchRequestData()
        .setGroups(
            List.of(
                new OffsetFetchRequestData.OffsetFetchRequestGroup()
                    .setGroupId("committing")
                    .setTopics(
                        List.of(version < 10 ? topic.setName(TOPIC) : topic.setTopicId(topicId)))));
  }

  private static JoinGroupRequestData join(String group, String memberId) {
    JoinGroupRequestData request =
        new JoinGroupRequestData()
            .setGroupId(group)
            .setMemberId(memberId)
            .setSessionTimeoutMs(10_000)
            .setRebalanceTimeoutMs(1_000)
            .setProtocolType("consumer");
    request
        .protocols()
        .add(
            new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata("any".getBytes(StandardCharsets.UTF_8)));
    return request;
  }

  private static ApiMessage consumerHeartbeat(String group) {
    return new ConsumerGroupHeartbeatRequestData()
        .setGroupId(group)
        .setMemberId("member")
        .setMemberEpoch(0)
        .setRebalanceTimeoutMs(1_000)
        .setSubscribedTopicNames(List.of(TOPIC))
        .setTopicPartitions(List.of());
  }

  /** After a real join, so that the answer has an assignment to say. */
  private ApiMessage sync(RawClient client, short version) throws IOException {
    String group = "syncing" + version;
    JoinGroupResponseData joined =
        (JoinGroupResponseData) ask(client, ApiKeys.JOIN_GROUP, (short) 3, join(group, ""));
    return new SyncGroupRequestData()
        .setGroupId(group)
        .setMemberId(joined.memberId())
        .setGenerationId(joined.generationId())
        .setAssignments(
            List.of(
                new SyncGroupRequestData.SyncGroupRequestAssignment()
                    .setMemberId(joined.memberId())
                    .setAssignment(new byte[] {1, 2, 3})));
  }

  private static ApiMessage leave(short version) {
    LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId("g");
    return version < 3
        ? request.setMemberId("nobody")
        : request.setMembers(
            List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("nobody")));
  }

  private static ApiMessage createTopic(short version) {
    CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(1000);
    request
        .topics()
        .add(
            new CreateTopicsRequestData.CreatableTopic()
                .setName("made" + version)
                .setNumPartitions(1)
                .setReplicationFactor((short) 1));
    return request;
  }

  private static ApiMessage alterScram() {
    return new AlterUserScramCredentialsRequestData()
        .setUpsertions(
            List.of(
                new AlterUserScramCredentialsRequestData.ScramCredentialUpsertion()
                    .setName("alice")
                    .setMechanism((byte) 1)
                    .setIterations(4096)
                    .setSalt(new byte[] {1})
                    .setSaltedPassword(new byte[] {2})));
  }

  private static ApiMessage endOfEpoch() {
    OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
    request
        .topics()
        .add(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                .setTopic(TOPIC)
                .setPartitions(
                    List.of(
                        new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                            .setPartition(0)
                            .setLeaderEpoch(0))));
    return request;
  }

  private static ApiMessage alterConfigs() {
    AlterConfigsRequestData request = new AlterConfigsRequestData();
    AlterConfigsRequestData.AlterConfigsResource topic =
        new AlterConfigsRequestData.AlterConfigsResource()
            .setResourceType((byte) 2)
            .setResourceName(TOPIC);
    topic
        .configs()
        .add(
            new AlterConfigsRequestData.AlterableConfig().setName("retention.ms").setValue("1000"));
    request.resources().add(topic);
    return request;
  }

  private static ApiMessage incrementalAlterConfigs() {
    IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
    IncrementalAlterConfigsRequestData.AlterConfigsResource topic =
        new IncrementalAlterConfigsRequestData.AlterConfigsResource()
            .setResourceType((byte) 2)
            .setResourceName(TOPIC);
    topic
        .configs()
        .add(
            new IncrementalAlterConfigsRequestData.AlterableConfig()
                .setName("retention.ms")
                .setValue("soon"));
    request.resources().add(topic);
    return request;
  }

  private static ApiMessage moveLogDirs() {
    AlterReplicaLogDirsRequestData.AlterReplicaLogDir target =
        new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath("/elsewhere");
    target
        .topics()
        .add(
            new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                .setName(TOPIC)
                .setPartitions(List.of(0, 1)));
    AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
    request.dirs().add(target);
    return request;
  }

  private static ApiMessage electLeaders() {
    ElectLeadersRequestData request = new ElectLeadersRequestData().setTimeoutMs(1000);
    request
        .topicPartitions()
        .add(
            new ElectLeadersRequestData.TopicPartitions()
                .setTopic(TOPIC)
                .setPartitions(List.of(0, 9)));
    return request;
  }

  private static ApiMessage updateFeatures() {
    UpdateFeaturesRequestData request = new UpdateFeaturesRequestData().setTimeoutMs(1000);
    request
        .featureUpdates()
        .add(
            new UpdateFeaturesRequestData.FeatureUpdateKey()
                .setFeature("group.version")
                .setMaxVersionLevel((short) 0));
    return request;
  }

  private ApiMessage createPartitions() {
    int present = Objects.requireNonNull(node.broker().topics().find(TOPIC)).partitions().size();
    CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(1000);
    request
        .topics()
        .add(
            new CreatePartitionsRequestData.CreatePartitionsTopic()
                .setName(TOPIC)
                .setCount(present + 1)
                .setAssignments(null));
    return request;
  }
}
