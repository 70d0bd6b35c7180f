package io.millrace.broker.transaction;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ProducerIds;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.journal.StateJournal;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All transactional ids of the node, spread over the partitions of {@code __transaction_state} by
 * their hash, as Kafka spreads them. Each partition is a {@link TransactionShard} with its own
 * mailbox.
 */
public final class ShardedTransactionCoordinator implements TransactionCoordinator, AutoCloseable {

  /** The internal topic's name. */
  public static final String TOPIC = "__transaction_state";

  private static final int MOST_ID_BYTES = Short.MAX_VALUE;

  private final List<TransactionShard> shards = new ArrayList<>();
  private final ProducerIds producerIds;
  private final TransactionSettings settings;

  /**
   * Reads back what the topic holds, finishes what was decided, and takes calls at once.
   *
   * @param topics where the transactions' partitions are, all of them open
   * @param epoch counts the starts of this coordinator; it is in each marker
   */
  public ShardedTransactionCoordinator(
      Topic topic,
      Topics topics,
      ProducerIds producerIds,
      TransactionSettings settings,
      int epoch,
      Clock clock,
      Timer timer) {
    this.producerIds = producerIds;
    this.settings = settings;
    TransactionMarkers markers =
        new TransactionMarkers(id -> topics.find(id.topic(), id.partition()), epoch);
    for (Partition partition : topic.partitions()) {
      PartitionJournal journal = ((LogPartition) partition).journal();
      TransactionShard shard =
          new TransactionShard(
              journal.mailbox(), storage(journal), markers, settings, clock, timer);
      JournalReader.read(journal.log(), shard);
      shard.start(journal.log().endOffset());
      shards.add(shard);
    }
  }

  private static StateJournal.Storage storage(PartitionJournal journal) {
    return new StateJournal.Storage() {
      @Override
      public long append(ByteBuffer batch) {
        return journal.append(batch);
      }

      @Override
      public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
        journal.whenDurable(offset, then);
      }

      @Override
      public void whenForced(long offset, Consumer<@Nullable BrokerException> then) {
        journal.whenForced(offset, then);
      }
    };
  }

  private TransactionShard shard(String transactionalId) {
    return shards.get((transactionalId.hashCode() & Integer.MAX_VALUE) % shards.size());
  }

  @Override
  public CompletionStage<ProducerEpoch> init(InitCommand command) {
    String id = command.transactionalId();
    if (id.isEmpty() || id.getBytes(StandardCharsets.UTF_8).length > MOST_ID_BYTES) {
      return CompletableFuture.failedFuture(
          new BrokerException(
              BrokerError.INVALID_TRANSACTIONAL_ID,
              "a transactional id must have 1 to " + MOST_ID_BYTES + " bytes"));
    }
    long longest = settings.maxTimeout().toMillis();
    if (command.timeoutMillis() < 1 || command.timeoutMillis() > longest) {
      return CompletableFuture.failedFuture(
          new BrokerException(
              BrokerError.INVALID_TRANSACTION_TIMEOUT,
              "a transaction timeout is "
                  + command.timeoutMillis()
                  + " ms; allowed: 1 to "
                  + longest
                  + " (transactions.max.timeout.ms)"));
    }
    TransactionShard shard = shard(id);
    return withFreshId(freshId -> shard.call(answer -> shard.init(command, freshId, answer)));
  }

  /** Tries without a new producer id, and with one when it turns out to be needed. */
  private CompletionStage<ProducerEpoch> withFreshId(
      LongFunction<CompletionStage<ProducerEpoch>> attempt) {
    return attempt
        .apply(NO_PRODUCER)
        .exceptionallyCompose(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              return cause instanceof TransactionRules.NeedsProducerId
                  ? producerIds.next().thenCompose(attempt::apply)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  @Override
  public CompletionStage<Void> add(
      TransactionalProducer producer, Set<TopicPartition> partitions, Protocol protocol) {
    TransactionShard shard = shard(producer.transactionalId());
    return shard.call(answer -> shard.add(producer, partitions, protocol, answer));
  }

  @Override
  public CompletionStage<Void> verify(
      TransactionalProducer producer, Set<TopicPartition> partitions) {
    TransactionShard shard = shard(producer.transactionalId());
    return shard.call(answer -> shard.verify(producer, partitions, answer));
  }

  @Override
  public CompletionStage<ProducerEpoch> end(
      TransactionalProducer producer, boolean commit, Protocol protocol) {
    TransactionShard shard = shard(producer.transactionalId());
    return withFreshId(
        freshId -> shard.call(answer -> shard.end(producer, commit, protocol, freshId, answer)));
  }

  @Override
  public CompletionStage<Optional<TransactionDescription>> describe(String transactionalId) {
    TransactionShard shard = shard(transactionalId);
    return shard.call(
        answer -> answer.complete(Optional.ofNullable(shard.describe(transactionalId))));
  }

  @Override
  public CompletionStage<List<TransactionDescription>> list() {
    CompletionStage<List<TransactionDescription>> all =
        CompletableFuture.completedFuture(List.of());
    for (TransactionShard shard : shards) {
      CompletionStage<List<TransactionDescription>> some =
          shard.call(answer -> answer.complete(shard.list()));
      all =
          all.thenCombine(
              some,
              (before, more) -> {
                List<TransactionDescription> both = new ArrayList<>(before);
                both.addAll(more);
                return both;
              });
    }
    return all;
  }

  /** Refuses all calls from now on, and those that wait. */
  @Override
  public void close() {
    shards.forEach(TransactionShard::close);
  }
}
