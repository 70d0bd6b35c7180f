package io.millrace.broker.group.share;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.ShareGroupConfig;
import io.millrace.broker.group.ShareGroupSettings;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All share-partitions of the node, spread over the partitions of {@code __share_group_state}. Each
 * of those is a {@link ShareShard} with its own mailbox, so the partitions of one topic do not wait
 * for each other.
 */
public final class ShardedSharePartitions implements SharePartitions, AutoCloseable {

  /** The internal topic's name. */
  public static final String TOPIC = "__share_group_state";

  private final List<ShareShard> shards = new ArrayList<>();
  private final Topics topics;
  private final int maxSessions;

  /**
   * Reads back what the topic holds, and takes calls at once.
   *
   * @param topics which are all open
   * @param configs what holds for a group
   */
  public ShardedSharePartitions(
      Topic topic,
      Topics topics,
      Function<String, ShareGroupConfig> configs,
      ShareGroupSettings settings,
      Clock clock,
      Timer timer) {
    this.topics = topics;
    maxSessions = settings.maxSessions();
    for (Partition partition : topic.partitions()) {
      PartitionJournal journal = ((LogPartition) partition).journal();
      SharePartitionStore store =
          new SharePartitionStore(
              journal.mailbox().toString(),
              storage(journal),
              settings.updatesPerSnapshot(),
              partition.leaderEpoch(),
              SharePartitionStore.PRUNE_EVERY_BYTES,
              clock);
      JournalReader.read(journal.log(), store);
      store.recovered(this::endOffset);
      shards.add(new ShareShard(journal.mailbox(), store, configs, clock, timer));
    }
  }

  private long endOffset(SharePartitionKey key) {
    Topic topic = topics.find(key.topicId());
    return topic == null || key.partition() >= topic.partitions().size()
        ? -1
        : topic.partitions().get(key.partition()).endOffset();
  }

  private static ShareStateJournal storage(PartitionJournal journal) {
    return new ShareStateJournal() {
      @Override
      public long append(ByteBuffer batch) {
        return journal.append(batch);
      }

      @Override
      public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
        journal.whenDurable(offset, then);
      }

      @Override
      public long endOffset() {
        return journal.log().endOffset();
      }

      @Override
      public void forgetBefore(long offset) {
        journal.forgetBefore(offset);
      }
    };
  }

  /** The same at each start, since it decides where the records are. */
  private ShareShard shard(SharePartitionKey key) {
    int topic =
        Long.hashCode(key.topicId().getMostSignificantBits())
            ^ Long.hashCode(key.topicId().getLeastSignificantBits());
    int hash = 31 * (31 * key.group().hashCode() + topic) + key.partition();
    return shards.get((hash & Integer.MAX_VALUE) % shards.size());
  }

  @Override
  public CompletionStage<Acquisition> acquire(AcquireCommand command) {
    ShareShard shard = shard(command.key());
    return shard.call(answer -> shard.acquire(command, answer));
  }

  @Override
  public CompletionStage<Void> acknowledge(
      SharePartitionKey key, long owner, List<AcknowledgementBatch> batches) {
    ShareShard shard = shard(key);
    return shard.call(answer -> shard.acknowledge(key, owner, batches, answer));
  }

  @Override
  public CompletionStage<Void> release(SharePartitionKey key, long owner) {
    ShareShard shard = shard(key);
    return shard.call(answer -> shard.release(key, owner, answer));
  }

  @Override
  public CompletionStage<List<ShareOffset>> offsets(String group) {
    CompletionStage<List<ShareOffset>> all = CompletableFuture.completedFuture(List.of());
    for (ShareShard shard : shards) {
      CompletionStage<List<ShareOffset>> some = shard.call(answer -> shard.offsets(group, answer));
      all =
          all.thenCombine(
              some,
              (before, more) -> {
                List<ShareOffset> both = new ArrayList<>(before);
                both.addAll(more);
                return both;
              });
    }
    return all;
  }

  @Override
  public CompletionStage<Void> startAt(SharePartitionKey key, long offset) {
    ShareShard shard = shard(key);
    return shard.call(answer -> shard.startAt(key, offset, answer));
  }

  @Override
  public CompletionStage<Boolean> forget(String group, @Nullable UUID topicId) {
    CompletionStage<Boolean> any = CompletableFuture.completedFuture(false);
    for (ShareShard shard : shards) {
      CompletionStage<Boolean> known = shard.call(answer -> shard.forget(group, topicId, answer));
      any = any.thenCombine(known, (one, other) -> one || other);
    }
    return any;
  }

  @Override
  public int maxSessions() {
    return maxSessions;
  }

  /** A topic has gone: forgets what groups shared of it. */
  public void topicDeleted() {
    for (ShareShard shard : shards) {
      CompletionStage<Void> unused =
          shard.call(
              answer -> {
                shard.forgetTopics(id -> topics.find(id) != null);
                answer.complete(null);
              });
    }
  }

  /** Refuses all calls from now on; those who wait are woken. */
  @Override
  public void close() {
    shards.forEach(ShareShard::close);
  }
}
