package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.broker.security.Principal;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.SaslSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator asks about a node itself is answered as a one-node Kafka answers it. */
class NodeAdminTest {

  private static final TopicPartition FIRST = new TopicPartition("orders", 0);
  private static final TopicPartition MISSING = new TopicPartition("orders", 9);

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(folder.resolve("data"));
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
    admin
        .createTopics(
            List.of(
                new NewTopic("orders", 2, (short) 1),
                new NewTopic("keyed", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", node.bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", 0, "k", "v")).get();
      producer.send(new ProducerRecord<>("keyed", 0, "k", "v")).get();
    }
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private static void refused(ThrowingCallable call, Class<? extends Throwable> as) {
    assertThatThrownBy(call).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(as);
  }

  @Test
  void theFolderOfDataIsDescribedWithTheSizeOfEachPartition() throws Exception {
    Map<String, LogDirDescription> folders =
        admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1);
    assertThat(folders).containsOnlyKeys(folder.resolve("data").toAbsolutePath().toString());
    LogDirDescription data = Objects.requireNonNull(folders).values().iterator().next();
    assertThat(data.error()).isNull();
    assertThat(data.totalBytes().orElse(-1)).isPositive();
    assertThat(data.usableBytes().orElse(-1)).isPositive();
    assertThat(data.replicaInfos())
        .containsKeys(FIRST, new TopicPartition("orders", 1), new TopicPartition("keyed", 0));
    assertThat(data.replicaInfos().get(FIRST))
        .satisfies(
            replica -> {
              assertThat(replica.size()).isPositive();
              assertThat(replica.offsetLag()).isZero();
              assertThat(replica.isFuture()).isFalse();
            });
  }

  @Test
  void aPartitionMovesToItsOwnFolderOnly() throws Exception {
    String here = folder.resolve("data").toAbsolutePath().toString();
    TopicPartitionReplica replica = new TopicPartitionReplica("orders", 0, 1);
    admin.alterReplicaLogDirs(Map.of(replica, here)).all().get();
    refused(
        () -> admin.alterReplicaLogDirs(Map.of(replica, "/elsewhere")).all().get(),
        LogDirNotFoundException.class);
    refused(
        () ->
            admin
                .alterReplicaLogDirs(Map.of(new TopicPartitionReplica("orders", 9, 1), here))
                .all()
                .get(),
        UnknownTopicOrPartitionException.class);
  }

  @Test
  void anElectionIsNeverNeeded() throws Exception {
    Map<TopicPartition, Optional<Throwable>> results =
        admin.electLeaders(ElectionType.PREFERRED, Set.of(FIRST, MISSING)).partitions().get();
    assertThat(results.get(FIRST)).get().isInstanceOf(ElectionNotNeededException.class);
    assertThat(results.get(MISSING)).get().isInstanceOf(UnknownTopicOrPartitionException.class);
    assertThat(admin.electLeaders(ElectionType.UNCLEAN, Set.of(FIRST)).partitions().get())
        .extractingByKey(FIRST)
        .satisfies(
            result -> assertThat(result).get().isInstanceOf(ElectionNotNeededException.class));
    assertThat(admin.electLeaders(ElectionType.PREFERRED, null).partitions().get()).isEmpty();
  }

  private KafkaFuture<Void> reassign(TopicPartition partition, Integer... replicas) {
    return admin
        .alterPartitionReassignments(
            Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(replicas)))))
        .all();
  }

  @Test
  void aPartitionIsReassignedToThisNodeOnly() throws Exception {
    reassign(FIRST, 1).get();
    refused(() -> reassign(FIRST, 2).get(), InvalidReplicaAssignmentException.class);
    refused(() -> reassign(FIRST, 1, 1).get(), InvalidReplicaAssignmentException.class);
    refused(() -> reassign(MISSING, 1).get(), UnknownTopicOrPartitionException.class);
    refused(
        () -> admin.alterPartitionReassignments(Map.of(FIRST, Optional.empty())).all().get(),
        NoReassignmentInProgressException.class);
    assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
  }

  @Test
  void featuresAreAtTheLevelOfTheProgram() throws Exception {
    assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
        .containsOnlyKeys(
            "group.version", "share.version", "streams.version", "transaction.version");
    update("transaction.version", 2, FeatureUpdate.UpgradeType.UPGRADE).get();
    refused(
        () -> update("transaction.version", 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE).get(),
        InvalidUpdateVersionException.class);
    refused(
        () -> update("metadata.version", 7, FeatureUpdate.UpgradeType.UPGRADE).get(),
        InvalidUpdateVersionException.class);
  }

  private KafkaFuture<Void> update(String feature, int level, FeatureUpdate.UpgradeType type) {
    return admin
        .updateFeatures(
            Map.of(feature, new FeatureUpdate((short) level, type)), new UpdateFeaturesOptions())
        .all();
  }

  @Test
  void theQuorumOfMetadataIsThisNode() throws Exception {
    QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
    assertThat(quorum.leaderId()).isEqualTo(1);
    assertThat(quorum.highWatermark()).isPositive();
    assertThat(quorum.voters())
        .singleElement()
        .satisfies(
            voter -> {
              assertThat(voter.replicaId()).isEqualTo(1);
              assertThat(voter.logEndOffset()).isEqualTo(quorum.highWatermark());
            });
    assertThat(quorum.observers()).isEmpty();
    refused(() -> admin.unregisterBroker(1).all().get(), InvalidRequestException.class);
    refused(() -> admin.unregisterBroker(7).all().get(), BrokerIdNotRegisteredException.class);
  }

  @Test
  void recordsOfATopicThatIsOnlyCompactedAreNotDeletedByOffset() throws Exception {
    admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(1))).all().get();
    refused(
        () ->
            admin
                .deleteRecords(
                    Map.of(new TopicPartition("keyed", 0), RecordsToDelete.beforeOffset(1)))
                .all()
                .get(),
        PolicyViolationException.class);
  }

  @Test
  void transactionsAreListedByAPatternOfTheirIds() throws Exception {
    for (String id : List.of("orders-1", "orders-2", "other")) {
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", node.bootstrap(), "transactional.id", id),
              new StringSerializer(),
              new StringSerializer())) {
        producer.initTransactions();
      }
    }
    assertThat(
            admin
                .listTransactions(
                    new ListTransactionsOptions().filterOnTransactionalIdPattern("orders-.*"))
                .all()
                .get())
        .extracting(TransactionListing::transactionalId)
        .containsExactlyInAnyOrder("orders-1", "orders-2");
    refused(
        () ->
            admin
                .listTransactions(
                    new ListTransactionsOptions().filterOnTransactionalIdPattern("(("))
                .all()
                .get(),
        InvalidRegularExpression.class);
  }

  @Test
  void thereAreNoDelegationTokens() {
    refused(
        () -> admin.createDelegationToken().delegationToken().get(),
        UnsupportedByAuthenticationException.class);
    refused(
        () -> admin.describeDelegationToken().delegationTokens().get(),
        UnsupportedByAuthenticationException.class);
  }

  @Test
  void whoHasNoRightOverTheClusterIsRefused() throws Exception {
    SecuritySettings security =
        SecuritySettings.NONE
            .withSasl(SaslSettings.NONE.withPlain(Map.of("alice", "a")))
            .withProtocol(SecurityProtocol.SASL_PLAINTEXT)
            .withAuthorizer(new AuthorizerSettings(true, Set.of(Principal.user("admin")), false));
    Map<String, Object> client = new HashMap<>();
    try (NodeFixture secured =
        new NodeFixture(
            folder.resolve("secured"), KafkaSettings.defaults().withSecurity(security))) {
      client.put("bootstrap.servers", secured.bootstrap());
      client.put("security.protocol", "SASL_PLAINTEXT");
      client.put("sasl.mechanism", "PLAIN");
      client.put(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\""
              + " password=\"a\";");
      try (Admin alice = Admin.create(client)) {
        Class<ClusterAuthorizationException> denied = ClusterAuthorizationException.class;
        refused(() -> alice.describeLogDirs(List.of(1)).allDescriptions().get(), denied);
        refused(
            () ->
                alice
                    .alterReplicaLogDirs(Map.of(new TopicPartitionReplica("orders", 0, 1), "/x"))
                    .all()
                    .get(),
            denied);
        refused(() -> alice.electLeaders(ElectionType.PREFERRED, null).partitions().get(), denied);
        refused(
            () -> alice.alterPartitionReassignments(Map.of(FIRST, Optional.empty())).all().get(),
            denied);
        refused(() -> alice.listPartitionReassignments().reassignments().get(), denied);
        refused(() -> alice.describeMetadataQuorum().quorumInfo().get(), denied);
        refused(
            () ->
                alice
                    .updateFeatures(
                        Map.of(
                            "group.version",
                            new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)),
                        new UpdateFeaturesOptions())
                    .all()
                    .get(),
            denied);
        refused(() -> alice.unregisterBroker(7).all().get(), denied);
        // Everybody may ask for a token of their own, and is told that there are none.
        refused(
            () -> alice.createDelegationToken().delegationToken().get(),
            DelegationTokenDisabledException.class);
      }
      assertThat(secured.server().metrics().failures()).isZero();
    }
  }
}
