package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.log.LogSlice;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTest {

  @TempDir Path folder;

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static BrokerError refused(CompletionStage<?> stage) {
    return Append.error(stage.toCompletableFuture());
  }

  @Test
  void aTopicKeepsItsRecordsItsIdAndItsSettingsAcrossARestart() {
    Topic before;
    try (RunningBroker broker = RunningBroker.in(folder)) {
      before = broker.create("flights", 3, Map.of("retention.ms", "-1", "durability", "commit"));
      Append.now(broker.partition("flights", 2), Batches.of("a", "b"));
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Topic after = broker.topic("flights");
      assertThat(after.id()).isEqualTo(before.id());
      assertThat(after.settings()).isEqualTo(before.settings());
      assertThat(after.partitions()).hasSize(3);
      await().until(() -> Batches.values(broker.partition("flights", 2)).equals(List.of("a", "b")));
    }
  }

  @Test
  void aDeletedTopicIsGoneForGoodAndItsNameCanBeUsedAgain() throws Exception {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Topic first = broker.create("flights", 2, Map.of());
      Append.now(broker.partition("flights", 0), Batches.of("a"));
      done(broker.get().topics().delete("flights"));
      assertThat(broker.get().topics().find("flights")).isNull();
      assertThat(Files.exists(folder.resolve("flights-0"))).isFalse();
      Topic second = broker.create("flights", 1, Map.of());
      assertThat(second.id()).isNotEqualTo(first.id());
      assertThat(broker.partition("flights", 0).endOffset()).isZero();
      done(broker.get().topics().delete("flights"));
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(broker.get().topics().find("flights")).isNull();
    }
  }

  @Test
  void aTopicDeletedWhileItIsReadStaysReadableForWhoHoldsASlice() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      broker.create("flights", 1, Map.of());
      Partition partition = broker.partition("flights", 0);
      Append.now(partition, Batches.of("a"));
      List<String> woken = new ArrayList<>();
      partition.whenPast(partition.endOffset(), () -> woken.add("woken"));
      try (LogSlice slice = partition.read(0, 1000)) {
        done(broker.get().topics().delete("flights"));
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.copyTo(bytes);
        assertThat(bytes.position()).isEqualTo(slice.length());
      }
      assertThat(woken).containsExactly("woken");
      assertThat(Append.error(Append.to(partition, Batches.of("b"))))
          .isEqualTo(BrokerError.UNKNOWN_TOPIC_OR_PARTITION);
    }
  }

  @Test
  void topicsThatCannotBeAreRefusedByTheRightName() {
    try (RunningBroker broker =
        new RunningBroker(folder, BrokerSettings.defaults().withMaxPartitions(5, 40))) {
      broker.create("a.b", 1, Map.of());
      assertThat(refused(create(broker, "a.b", 1, Map.of()))).isEqualTo(BrokerError.TOPIC_EXISTS);
      assertThat(refused(create(broker, "a_b", 1, Map.of())))
          .isEqualTo(BrokerError.INVALID_TOPIC_NAME);
      assertThat(refused(create(broker, "..", 1, Map.of())))
          .isEqualTo(BrokerError.INVALID_TOPIC_NAME);
      assertThat(refused(create(broker, "x/../y", 1, Map.of())))
          .isEqualTo(BrokerError.INVALID_TOPIC_NAME);
      assertThat(refused(create(broker, "many", 6, Map.of())))
          .isEqualTo(BrokerError.INVALID_PARTITION_COUNT);
      assertThat(refused(create(broker, "none", 0, Map.of())))
          .isEqualTo(BrokerError.INVALID_PARTITION_COUNT);
      assertThat(refused(create(broker, "odd", 1, Map.of("colour", "red"))))
          .isEqualTo(BrokerError.INVALID_SETTING);
      assertThat(refused(broker.get().topics().delete("__consumer_offsets")))
          .isEqualTo(BrokerError.INVALID_TOPIC_NAME);
    }
  }

  private static CompletionStage<Topic> create(
      RunningBroker broker, String name, int partitions, Map<String, String> settings) {
    return broker.get().topics().create(new NewTopic(name, partitions, settings));
  }

  @Test
  void aNameUnderWhichUnknownDataLiesIsRefusedAndTheDataStays() throws Exception {
    Files.createDirectories(folder.resolve("flights-0"));
    Files.writeString(folder.resolve("flights-0/precious"), "data");
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(refused(create(broker, "flights", 1, Map.of()))).isEqualTo(BrokerError.STORAGE);
      assertThat(broker.get().topics().find("flights")).isNull();
    }
    assertThat(Files.readString(folder.resolve("flights-0/precious"))).isEqualTo("data");
  }

  @Test
  void partitionsCanBeAddedAndSettingsChanged() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      broker.create("flights", 1, Map.of("retention.ms", "1000"));
      Partition first = broker.partition("flights", 0);
      Topic wider = done(broker.get().topics().addPartitions("flights", 4));
      assertThat(wider.partitions()).hasSize(4).startsWith(first);
      assertThat(refused(broker.get().topics().addPartitions("flights", 2)))
          .isEqualTo(BrokerError.INVALID_PARTITION_COUNT);
      Topic changed =
          done(broker.get().topics().configure("flights", Map.of("max.message.bytes", "100")));
      assertThat(changed.settings().log().maxBatchBytes()).isEqualTo(100);
      assertThat(changed.settings().given()).containsEntry("retention.ms", "1000");
      assertThat(Append.error(Append.to(first, Batches.of("x".repeat(200)))))
          .isEqualTo(BrokerError.BATCH_TOO_LARGE);
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(broker.partition("flights", 3).endOffset()).isZero();
    }
  }

  @Test
  void noProducerIdIsGivenOutTwice() {
    Set<Long> ids = new HashSet<>();
    for (int start = 0; start < 3; start++) {
      try (RunningBroker broker = RunningBroker.in(folder)) {
        List<CompletableFuture<Long>> asked = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
          asked.add(broker.get().producerIds().next().toCompletableFuture());
        }
        asked.forEach(id -> assertThat(ids.add(id.join())).isTrue());
      }
    }
    assertThat(ids).hasSize(4500);
  }

  @Test
  void committedOffsetsAreThereAfterARestartAndGoWithTheirTopic() {
    TopicPartition position = new TopicPartition("flights", 0);
    MemberIdentity nobody = new MemberIdentity("board", -1, "", null);
    try (RunningBroker broker = RunningBroker.in(folder)) {
      broker.create("flights", 1, Map.of());
      done(
          broker
              .get()
              .groups()
              .commit(nobody, Map.of(position, new CommittedOffset(7, 0, "seat 1A", 123))));
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(done(broker.get().groups().committed("board", null)))
          .containsEntry(position, new CommittedOffset(7, 0, "seat 1A", 123));
      done(broker.get().topics().delete("flights"));
      await().until(() -> done(broker.get().groups().committed("board", null)).isEmpty());
    }
  }

  @Test
  void aCleanRestartKeepsTheLeaderEpoch() {
    int first;
    try (RunningBroker broker = RunningBroker.in(folder)) {
      first = broker.create("flights", 1, Map.of()).partitions().getFirst().leaderEpoch();
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(broker.partition("flights", 0).leaderEpoch()).isEqualTo(first);
    }
  }

  @Test
  void aClosedBrokerRefusesAppends() {
    RunningBroker broker = RunningBroker.in(folder);
    broker.create("flights", 1, Map.of());
    Partition partition = broker.partition("flights", 0);
    broker.close();
    assertThat(Append.error(Append.to(partition, Batches.of("a")))).isEqualTo(BrokerError.CLOSING);
  }
}
