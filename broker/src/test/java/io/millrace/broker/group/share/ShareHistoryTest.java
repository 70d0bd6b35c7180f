package io.millrace.broker.group.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Append;
import io.millrace.broker.Batches;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.RunningBroker;
import io.millrace.broker.VirtualTime;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.ResolvedGroupConfigs;
import io.millrace.broker.group.ShareGroupSettings;
import io.millrace.broker.group.share.SharePartitions.AcquireCommand;
import io.millrace.broker.group.share.SharePartitions.Acquisition;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Mailbox;
import io.millrace.log.AppendInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of one share-partition on a real log: records are produced, given out, accepted,
 * rejected and released; locks end, members go, the disk is slow, the node is killed.
 */
class ShareHistoryTest {

  private static final List<AcknowledgeType> TYPES =
      List.of(AcknowledgeType.ACCEPT, AcknowledgeType.RELEASE, AcknowledgeType.REJECT);

  /** So small that it happens in every history. */
  private static final long PRUNE_EVERY_BYTES = 2000;

  private static final int HISTORIES = 300;
  private static final int STEPS = 80;
  private static final int MEMBERS = 3;
  private static final int DELIVERIES = 5;
  private static final Duration LOCK = Duration.ofSeconds(20);

  /** A record as the model has it. */
  private static final class Each {
    DeliveryState written = DeliveryState.AVAILABLE;
    int writtenCount;
    DeliveryState durable = DeliveryState.AVAILABLE;
    int durableCount;
    long owner = -1;
    long lockedUntil;
    int lockedCount;
    boolean delivered;
  }

  @TempDir Path folder;

  private final VirtualTime time = new VirtualTime();
  private final ResolvedGroupConfigs configs =
      new ResolvedGroupConfigs(
          GroupSettings.defaults()
              .withShare(
                  ShareGroupSettings.defaults()
                      .withRecordLockDuration(LOCK)
                      .withUpdatesPerSnapshot(7)));
  private final TreeMap<Long, Each> model = new TreeMap<>();
  private MemoryShareJournal journal = new MemoryShareJournal();
  private @Nullable ShareShard shard;
  private long nextOwner;
  private final long[] owners = new long[MEMBERS];

  ShareHistoryTest() {
    configs.put("g", Map.of("share.auto.offset.reset", "earliest"));
  }

  @Test
  void noRecordIsLostAndNoneComesAgainOnceItIsDone() {
    long seed = Long.getLong("share.seed", System.nanoTime());
    try (RunningBroker broker = new RunningBroker(folder, BrokerSettings.defaults())) {
      for (int history = 0; history < HISTORIES; history++) {
        String topic = "t" + history;
        var made = broker.create(topic, 1, Map.of());
        try {
          run(new Random(seed + history), made.id(), broker.partition(topic, 0));
        } catch (AssertionError e) {
          throw new AssertionError("seed " + (seed + history), e);
        }
      }
    }
  }

  private void run(Random random, UUID topicId, Partition partition) {
    SharePartitionKey key = new SharePartitionKey("g", topicId, 0);
    model.clear();
    journal = new MemoryShareJournal();
    open(partition);
    for (int i = 0; i < MEMBERS; i++) {
      owners[i] = nextOwner++;
    }
    for (int step = 0; step < STEPS; step++) {
      int member = random.nextInt(MEMBERS);
      switch (random.nextInt(12)) {
        case 0, 1 -> produce(random, partition);
        case 2, 3, 4 -> acquire(random, key, partition, owners[member]);
        case 5, 6, 7 -> acknowledge(random, key, owners[member]);
        case 8 -> force();
        case 9 -> pass(Duration.ofSeconds(1 + random.nextInt(12)));
        case 10 -> {
          release(key, owners[member]);
          owners[member] = nextOwner++;
        }
        default -> kill(partition);
      }
    }
    drain(key, partition);
  }

  private ShareShard shard() {
    ShareShard present = shard;
    if (present == null) {
      throw new IllegalStateException();
    }
    return present;
  }

  private void open(Partition partition) {
    SharePartitionStore store =
        new SharePartitionStore("shares", journal, 7, 0, PRUNE_EVERY_BYTES, time);
    journal.replay(store);
    store.recovered(key -> partition.endOffset());
    shard = new ShareShard(new Mailbox("shares"), store, configs::share, time, time);
  }

  // ---- steps ----

  private void produce(Random random, Partition partition) {
    String[] values = new String[1 + random.nextInt(6)];
    for (int i = 0; i < values.length; i++) {
      values[i] = "v" + i;
    }
    long base = partition.endOffset();
    AppendInfo unused = Append.now(partition, Batches.of(values));
    for (int i = 0; i < values.length; i++) {
      model.put(base + i, new Each());
    }
  }

  private @Nullable Acquisition acquire(
      Random random, SharePartitionKey key, Partition partition, long owner) {
    int most = 1 + random.nextInt(12);
    boolean strict = random.nextBoolean();
    AcquireCommand command =
        new AcquireCommand(key, partition, owner, most, strict, 4, 1 << 20, null);
    CompletableFuture<Acquisition> asked =
        shard().<Acquisition>call(answer -> shard().acquire(command, answer)).toCompletableFuture();
    if (!asked.isDone()) {
      // The very first one: nothing is given out before the start is durable.
      force();
    }
    Acquisition got = asked.join();
    if (got.records() != null) {
      got.records().close();
    }
    Set<Long> offsets = new HashSet<>();
    long before = -1;
    for (AcquiredRecords range : got.acquired()) {
      assertThat(range.first()).isGreaterThan(before);
      before = range.last();
      for (long offset = range.first(); offset <= range.last(); offset++) {
        Each each = at(offset);
        assertThat(each.written).as("offset %d", offset).isEqualTo(DeliveryState.AVAILABLE);
        assertThat(each.owner).as("lock of offset %d", offset).isEqualTo(-1);
        assertThat(range.deliveryCount()).as("offset %d", offset).isEqualTo(each.writtenCount + 1);
        each.owner = owner;
        each.lockedUntil = time.nanos() + LOCK.toNanos();
        each.lockedCount = range.deliveryCount();
        each.delivered = true;
        offsets.add(offset);
      }
    }
    if (strict) {
      assertThat(offsets.size()).isLessThanOrEqualTo(most);
    }
    boolean anyLeft = model.values().stream().anyMatch(ShareHistoryTest::isFree);
    assertThat(offsets.isEmpty() && anyLeft).as("something was there to give out").isFalse();
    return offsets.isEmpty() ? null : got;
  }

  @Test
  void journalIsDeletedBehindTheSnapshots() {
    try (RunningBroker broker = new RunningBroker(folder, BrokerSettings.defaults())) {
      var made = broker.create("jobs", 2, Map.of());
      SharePartitionKey busy = new SharePartitionKey("g", made.id(), 0);
      SharePartitionKey quiet = new SharePartitionKey("g", made.id(), 1);
      Partition partition = broker.partition("jobs", 0);
      open(partition);
      AppendInfo kept = Append.now(broker.partition("jobs", 1), Batches.of("a", "b"));
      assertThat(kept.lastOffset()).isEqualTo(1);
      acceptAll(quiet, broker.partition("jobs", 1));
      for (int i = 0; i < 500; i++) {
        AppendInfo unused = Append.now(partition, Batches.of("v"));
        acceptAll(busy, partition);
      }
      assertThat(journal.endOffset() - journal.startOffset()).isLessThan(100);
      open(partition);
      assertThat(started(quiet)).isEqualTo(2);
      assertThat(started(busy)).isEqualTo(500);
    }
  }

  private void acceptAll(SharePartitionKey key, Partition partition) {
    AcquireCommand command = new AcquireCommand(key, partition, 1, 10, false, 10, 1 << 20, null);
    CompletableFuture<Acquisition> asked =
        shard().<Acquisition>call(answer -> shard().acquire(command, answer)).toCompletableFuture();
    journal.force();
    Acquisition got = asked.join();
    if (got.records() != null) {
      got.records().close();
    }
    List<AcknowledgementBatch> all = new ArrayList<>();
    for (AcquiredRecords each : got.acquired()) {
      all.add(new AcknowledgementBatch(each.first(), each.last(), List.of(AcknowledgeType.ACCEPT)));
    }
    var said = shard().<Void>call(answer -> shard().acknowledge(key, 1, all, answer));
    journal.force();
    assertThat(said.toCompletableFuture()).isCompleted();
  }

  private long started(SharePartitionKey key) {
    var asked =
        shard().<List<SharePartitions.ShareOffset>>call(answer -> shard().offsets("g", answer));
    return asked.toCompletableFuture().join().stream()
        .filter(offset -> offset.key().equals(key))
        .mapToLong(SharePartitions.ShareOffset::start)
        .findFirst()
        .orElse(-1);
  }

  private static boolean isFree(Each each) {
    return each.written == DeliveryState.AVAILABLE && each.owner == -1;
  }

  private List<Long> locked(long owner) {
    List<Long> offsets = new ArrayList<>();
    model.forEach(
        (offset, each) -> {
          if (each.owner == owner) {
            offsets.add(offset);
          }
        });
    return offsets;
  }

  private void acknowledge(Random random, SharePartitionKey key, long owner) {
    List<AcknowledgementBatch> batches = new ArrayList<>();
    for (long offset : locked(owner)) {
      if (random.nextInt(3) > 0) {
        AcknowledgeType type = TYPES.get(random.nextInt(TYPES.size()));
        batches.add(new AcknowledgementBatch(offset, offset, List.of(type)));
      }
    }
    if (batches.isEmpty()) {
      return;
    }
    acknowledge(key, owner, batches);
  }

  private void acknowledge(SharePartitionKey key, long owner, List<AcknowledgementBatch> batches) {
    CompletableFuture<Void> said =
        shard()
            .<Void>call(inner -> shard().acknowledge(key, owner, batches, inner))
            .toCompletableFuture();
    assertThat(said).as("what it says is not durable yet").isNotDone();
    for (AcknowledgementBatch batch : batches) {
      Each each = at(batch.first());
      switch (batch.types().getFirst()) {
        case ACCEPT -> write(each, DeliveryState.ACKNOWLEDGED);
        case REJECT -> write(each, DeliveryState.ARCHIVED);
        default -> giveBack(each);
      }
    }
  }

  private Each at(long offset) {
    Each each = model.get(offset);
    if (each == null) {
      throw new AssertionError("no record at " + offset);
    }
    return each;
  }

  private static void write(Each each, DeliveryState state) {
    each.written = state;
    each.writtenCount = each.lockedCount;
    each.owner = -1;
  }

  private static void giveBack(Each each) {
    write(each, each.lockedCount >= DELIVERIES ? DeliveryState.ARCHIVED : DeliveryState.AVAILABLE);
  }

  private void release(SharePartitionKey key, long owner) {
    var unused = shard().<Void>call(answer -> shard().release(key, owner, answer));
    locked(owner).forEach(offset -> giveBack(at(offset)));
  }

  private void pass(Duration duration) {
    time.pass(duration);
    for (Each each : model.values()) {
      if (each.owner != -1 && time.nanos() - each.lockedUntil >= 0) {
        giveBack(each);
      }
    }
  }

  private void force() {
    journal.force();
    for (Each each : model.values()) {
      each.durable = each.written;
      each.durableCount = each.writtenCount;
    }
  }

  /** What was not durable is lost, and so are all locks. */
  private void kill(Partition partition) {
    shard().close();
    journal.lose();
    open(partition);
    for (Each each : model.values()) {
      each.owner = -1;
      each.written = each.durable;
      each.writtenCount = each.durableCount;
    }
  }

  private void drain(SharePartitionKey key, Partition partition) {
    for (int round = 0; round < 10_000; round++) {
      pass(LOCK);
      long owner = nextOwner++;
      Acquisition got = acquire(new Random(round), key, partition, owner);
      if (got == null) {
        break;
      }
      List<AcknowledgementBatch> all = new ArrayList<>();
      for (long offset : locked(owner)) {
        all.add(new AcknowledgementBatch(offset, offset, List.of(AcknowledgeType.ACCEPT)));
      }
      acknowledge(key, owner, all);
      force();
    }
    assertThat(model.values()).allMatch(each -> each.delivered && each.written.isFinal());
  }
}
