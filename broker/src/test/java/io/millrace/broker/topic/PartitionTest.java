package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.Append;
import io.millrace.broker.Batches;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.RunningBroker;
import io.millrace.log.AppendInfo;
import io.millrace.log.EpochEnd;
import io.millrace.log.LogSlice;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionTest {

  @TempDir Path folder;
  private RunningBroker broker;

  @BeforeEach
  void open() {
    broker = RunningBroker.in(folder);
  }

  @AfterEach
  void close() {
    broker.close();
  }

  private Partition partition(Map<String, String> settings) {
    broker.create("flights", 1, settings);
    return broker.partition("flights", 0);
  }

  @Test
  void aBatchSentTwiceIsStoredOnceAndAnsweredTheSame() {
    Partition partition = partition(Map.of());
    AppendInfo first = Append.now(partition, Batches.by(5, 0, 0, "a", "b"));
    Append.now(partition, Batches.by(5, 0, 2, "c"));
    assertThat(Append.now(partition, Batches.by(5, 0, 0, "a", "b"))).isEqualTo(first);
    assertThat(Batches.values(partition)).containsExactly("a", "b", "c");
    assertThat(Append.error(Append.to(partition, Batches.by(5, 0, 9, "z"))))
        .isEqualTo(BrokerError.OUT_OF_ORDER_SEQUENCE);
  }

  @Test
  void aProducerIsKnownAfterACleanRestart() {
    AppendInfo first = Append.now(partition(Map.of()), Batches.by(5, 0, 0, "a", "b"));
    broker.close();
    broker = RunningBroker.in(folder);
    Partition partition = broker.partition("flights", 0);
    assertThat(partition.figures().producers()).isEqualTo(1);
    assertThat(Append.now(partition, Batches.by(5, 0, 0, "a", "b"))).isEqualTo(first);
    assertThat(Append.now(partition, Batches.by(5, 0, 2, "c")).baseOffset()).isEqualTo(2);
  }

  @Test
  void underCommitARecordIsSeenOnceItIsOnDisk() {
    Partition partition = partition(Map.of("durability", "commit"));
    CompletableFuture<Long> seenAt = new CompletableFuture<>();
    partition.whenPast(0, () -> seenAt.complete(partition.highWatermark()));
    AppendInfo info = Append.now(partition, Batches.of("a"));
    assertThat(partition.highWatermark()).isEqualTo(info.lastOffset() + 1);
    assertThat(seenAt.join()).isEqualTo(1);
    assertThat(Append.to(partition, Batches.of("b"), Partition.Acks.LEADER).join().baseOffset())
        .isEqualTo(1);
  }

  @Test
  void manyThreadsAppendAndEachOnesOrderIsKept() throws InterruptedException {
    Partition partition = partition(Map.of());
    int threads = 4;
    int each = 500;
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      long producer = 100L + t;
      writers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      Append.now(partition, Batches.by(producer, 0, i, producer + ":" + i));
                    }
                  }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    List<String> values = Batches.values(partition);
    assertThat(values).hasSize(threads * each);
    for (int t = 0; t < threads; t++) {
      String prefix = (100 + t) + ":";
      List<String> own = values.stream().filter(value -> value.startsWith(prefix)).toList();
      for (int i = 0; i < each; i++) {
        assertThat(own.get(i)).isEqualTo(prefix + i);
      }
    }
  }

  @Test
  void moreReplicasThanThereAreRefuseAcksAllOnly() {
    Partition partition = partition(Map.of("min.insync.replicas", "2"));
    assertThat(Append.error(Append.to(partition, Batches.of("a"))))
        .isEqualTo(BrokerError.NOT_ENOUGH_REPLICAS);
    Append.to(partition, Batches.of("a"), Partition.Acks.LEADER).join();
    assertThat(Batches.values(partition)).containsExactly("a");
  }

  @Test
  void appendTimeIsStampedWhereTheTopicAsksForIt() {
    Partition partition = partition(Map.of("message.timestamp.type", "LogAppendTime"));
    AppendInfo info = Append.now(partition, Batches.by(5, 0, 0, "a"));
    assertThat(info.logAppendTimeMillis()).isPositive();
    assertThat(Append.now(partition, Batches.by(5, 0, 0, "a"))).isEqualTo(info);
    assertThat(partition.latestTimestamp().orElseThrow().timestampMillis())
        .isEqualTo(info.logAppendTimeMillis());
  }

  @Test
  void damagedAndTransactionalBatchesAreRefusedAndNothingOfThemStays() {
    Partition partition = partition(Map.of());
    ByteBuffer damaged = Batches.of("a");
    damaged.put(damaged.limit() - 1, (byte) 99);
    assertThat(Append.error(Append.to(partition, damaged))).isEqualTo(BrokerError.CORRUPT_BATCH);
    assertThat(Append.error(Append.to(partition, ByteBuffer.allocate(7))))
        .isEqualTo(BrokerError.CORRUPT_BATCH);
    ByteBuffer transactional = Batches.by(5, 0, 0, "a");
    transactional.putShort(21, (short) 0x10);
    assertThat(Append.error(Append.to(partition, transactional)))
        .isEqualTo(BrokerError.INVALID_TRANSACTION_STATE);
    assertThat(partition.endOffset()).isZero();
    Append.now(partition, Batches.by(5, 0, 0, "a"));
  }

  @Test
  void recordsCanBeDeletedUpToTheHighWatermark() {
    Partition partition = partition(Map.of());
    Append.now(partition, Batches.of("a", "b", "c"));
    assertThat(partition.deleteBefore(2)).isEqualTo(2);
    assertThat(Batches.values(partition)).containsExactly("c");
    assertThat(partition.deleteBefore(-1)).isEqualTo(3);
    assertThatThrownBy(() -> partition.deleteBefore(9))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.error()).isEqualTo(BrokerError.OFFSET_OUT_OF_RANGE));
  }

  @Test
  void readersAreToldWhatIsOutOfRange() {
    Partition partition = partition(Map.of());
    Append.now(partition, Batches.of("a"));
    try (LogSlice nothing = partition.read(1, 100);
        LogSlice follower = partition.readAsFollower(0, 100)) {
      assertThat(nothing.length()).isZero();
      assertThat(follower.length()).isPositive();
    }
    assertThatThrownBy(() -> partition.read(2, 100))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.error()).isEqualTo(BrokerError.OFFSET_OUT_OF_RANGE));
    assertThat(partition.endOfEpoch(partition.leaderEpoch()))
        .isEqualTo(new EpochEnd(partition.leaderEpoch(), 1));
  }

  @Test
  void figuresCountWhatCameInAndWentOut() {
    Partition partition = partition(Map.of());
    ByteBuffer batch = Batches.of("a", "b");
    int bytes = batch.remaining();
    Append.now(partition, batch);
    partition.read(0, 1000).close();
    assertThat(partition.figures()).isEqualTo(new Partition.Figures(2, bytes, bytes, 0, 0));
  }
}
