package io.millrace.broker.transaction;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.journal.StateJournal;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator.InitCommand;
import io.millrace.broker.transaction.TransactionCoordinator.ProducerEpoch;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionDescription;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionalProducer;
import io.millrace.broker.transaction.TransactionRecord.IdForgotten;
import io.millrace.broker.transaction.TransactionRecord.Transaction;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactional ids whose records live in one partition of {@code __transaction_state}. Its
 * state belongs to that partition's mailbox; calls are brought into it by {@link #call}.
 */
final class TransactionShard implements JournalReader.Visitor {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionShard.class);

  /** Until markers that could not be written are tried again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final int MOST_FORGOTTEN_AT_ONCE = 1000;

  private final Mailbox mailbox;
  private final StateJournal<TransactionRecord> journal;
  private final StateJournal.Storage storage;
  private final TransactionMarkers markers;
  private final TransactionSettings settings;
  private final Clock clock;
  private final Timer timer;
  private final int maxIds;

  private final Map<String, Transaction> table = new LinkedHashMap<>();
  private final Set<String> ongoing = new LinkedHashSet<>();

  /** Producers that wait for the markers of the transaction that they have ended. */
  private final Map<String, CompletableFuture<ProducerEpoch>> ending = new HashMap<>();

  private boolean looksForTimeouts;
  private boolean closed;

  TransactionShard(
      Mailbox mailbox,
      StateJournal.Storage storage,
      TransactionMarkers markers,
      TransactionSettings settings,
      Clock clock,
      Timer timer) {
    this.mailbox = mailbox;
    this.storage = storage;
    this.markers = markers;
    this.settings = settings;
    this.clock = clock;
    this.timer = timer;
    this.maxIds = Math.max(1, settings.maxTransactionalIds() / settings.statePartitions());
    journal = new StateJournal<>(storage, new TransactionRecordCodec(), this::apply, clock);
  }

  /** What a call does inside the mailbox; it may throw what refuses it. */
  interface Work<T> {
    void run(CompletableFuture<T> answer);
  }

  /** Runs a call in the mailbox. */
  <T> CompletionStage<T> call(Work<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          try {
            if (closed) {
              throw closing();
            }
            work.run(answer);
          } catch (BrokerException | TransactionRules.NeedsProducerId e) {
            answer.completeExceptionally(e);
          } catch (RuntimeException | Error e) {
            LOG.error("A call to the transaction coordinator failed", e);
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private static BrokerException closing() {
    return new BrokerException(BrokerError.COORDINATOR_NOT_AVAILABLE, "the node is closing");
  }

  /** The one way in which the state changes. */
  private void apply(TransactionRecord entry) {
    switch (entry) {
      case IdForgotten gone -> table.remove(gone.transactionalId());
      case Transaction transaction -> {
        table.put(transaction.transactionalId(), transaction);
        if (transaction.state() == TransactionState.ONGOING) {
          ongoing.add(transaction.transactionalId());
          return;
        }
      }
    }
    ongoing.remove(entry.transactionalId());
  }

  // ---- recovery ----

  @Override
  public void record(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      TransactionRecord entry = TransactionRecordCodec.decode(key, value);
      if (entry == null) {
        LOG.warn("{} has a record of an unknown kind, which is passed over", mailbox);
      } else {
        apply(entry);
      }
    } catch (IllegalArgumentException e) {
      LOG.error("{} has a record that cannot be read, which is passed over", mailbox, e);
    }
  }

  /**
   * All records have been applied: what was decided is finished, and time begins to run.
   *
   * @param end offset after the records
   */
  void start(long end) {
    mailbox.execute(
        () -> {
          List<Transaction> decided =
              table.values().stream().filter(each -> each.state().isPrepared()).toList();
          if (!decided.isEmpty()) {
            storage.whenDurable(
                end,
                failure -> {
                  if (failure == null) {
                    decided.forEach(this::writeMarkers);
                  }
                });
          }
          lookForTimeouts();
          expireLater();
        });
  }

  // ---- requests ----

  void init(InitCommand command, long freshId, CompletableFuture<ProducerEpoch> answer) {
    Transaction now = table.get(command.transactionalId());
    if (now == null && table.size() >= maxIds) {
      throw new BrokerException(
          BrokerError.OVERLOADED,
          "the node has "
              + table.size()
              + " transactional ids in this shard already (transactions.max.ids)");
    }
    Transaction next = TransactionRules.init(now, command, freshId, clock.millis());
    if (now != null && now.state() == TransactionState.ONGOING) {
      prepare(TransactionRules.abortAndFence(now, clock.millis()), new CompletableFuture<>());
      throw new BrokerException(
          BrokerError.CONCURRENT_TRANSACTIONS,
          "the transaction that the former producer left open is about to be aborted");
    }
    if (!next.equals(now)) {
      journal.write(List.of(next));
    }
    journal.answer(answer, new ProducerEpoch(next.producerId(), next.epoch()));
  }

  void add(
      TransactionalProducer producer,
      Set<TopicPartition> partitions,
      Protocol protocol,
      CompletableFuture<Void> answer) {
    Transaction now = table.get(producer.transactionalId());
    Transaction next = TransactionRules.add(now, producer, partitions, protocol, clock.millis());
    if (!next.equals(now)) {
      journal.write(List.of(next));
      lookForTimeouts();
    }
    journal.answer(answer, null);
  }

  void verify(
      TransactionalProducer producer,
      Set<TopicPartition> partitions,
      CompletableFuture<Void> answer) {
    TransactionRules.verify(table.get(producer.transactionalId()), producer, partitions);
    journal.answer(answer, null);
  }

  void end(
      TransactionalProducer producer,
      boolean commit,
      Protocol protocol,
      long freshId,
      CompletableFuture<ProducerEpoch> answer) {
    Transaction now = table.get(producer.transactionalId());
    Transaction next =
        TransactionRules.end(now, producer, commit, protocol, freshId, clock.millis());
    if (next.equals(now)) {
      journal.answer(answer, new ProducerEpoch(next.producerId(), next.epoch()));
    } else {
      prepare(next, answer);
    }
  }

  // ---- from PREPARE to COMPLETE ----

  /** Stores a decision, and has it carried out once it is durable. */
  private void prepare(Transaction decided, CompletableFuture<ProducerEpoch> answer) {
    journal.write(List.of(decided));
    ending.put(decided.transactionalId(), answer);
    CompletableFuture<Void> durable = new CompletableFuture<>();
    CompletionStage<Void> unused =
        durable.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                writeMarkers(decided);
              } else {
                answer.completeExceptionally(failure);
              }
            });
    journal.answer(durable, null);
  }

  private void writeMarkers(Transaction decided) {
    if (!closed) {
      markers.write(decided, complete -> mailbox.execute(() -> markersWritten(decided, complete)));
    }
  }

  private void markersWritten(Transaction decided, boolean complete) {
    if (closed || !decided.equals(table.get(decided.transactionalId()))) {
      return;
    }
    Transaction done = decided.completed(clock.millis());
    boolean stored = false;
    if (complete) {
      try {
        journal.note(List.of(done));
        stored = true;
      } catch (BrokerException e) {
        LOG.warn(
            "The end of the transaction of {} could not be stored: {}",
            decided.transactionalId(),
            e.getMessage());
      }
    }
    if (!stored) {
      after(RETRY, () -> writeMarkers(decided));
    }
    // The outcome is durable already, whatever has become of the markers.
    CompletableFuture<ProducerEpoch> answer = ending.remove(decided.transactionalId());
    if (answer != null) {
      answer.complete(new ProducerEpoch(done.producerId(), done.epoch()));
    }
  }

  // ---- time ----

  private void after(Duration delay, Runnable task) {
    timer.after(
        delay,
        () ->
            mailbox.execute(
                () -> {
                  if (!closed) {
                    task.run();
                  }
                }));
  }

  private void lookForTimeouts() {
    if (!looksForTimeouts && !ongoing.isEmpty()) {
      looksForTimeouts = true;
      after(
          settings.timeoutCheckInterval(),
          () -> {
            looksForTimeouts = false;
            abortTimedOut();
            lookForTimeouts();
          });
    }
  }

  private void abortTimedOut() {
    long now = clock.millis();
    for (String id : List.copyOf(ongoing)) {
      Transaction transaction = table.get(id);
      if (transaction != null && now - transaction.startMillis() >= transaction.timeoutMillis()) {
        LOG.info("The transaction of {} took longer than it may, and is aborted", id);
        try {
          prepare(TransactionRules.abortAndFence(transaction, now), new CompletableFuture<>());
        } catch (BrokerException e) {
          LOG.warn("The transaction of {} could not be aborted: {}", id, e.getMessage());
        }
      }
    }
  }

  private void expireLater() {
    after(
        settings.idExpiryCheckInterval(),
        () -> {
          expire();
          expireLater();
        });
  }

  private void expire() {
    long before = clock.millis() - settings.idExpiry().toMillis();
    List<TransactionRecord> forgotten = new ArrayList<>();
    for (Transaction each : table.values()) {
      if (each.state() != TransactionState.ONGOING
          && !each.state().isPrepared()
          && each.updateMillis() <= before) {
        forgotten.add(new IdForgotten(each.transactionalId()));
      }
    }
    try {
      for (int i = 0; i < forgotten.size(); i += MOST_FORGOTTEN_AT_ONCE) {
        journal.write(forgotten.subList(i, Math.min(forgotten.size(), i + MOST_FORGOTTEN_AT_ONCE)));
      }
    } catch (BrokerException e) {
      LOG.warn("Transactional ids could not be forgotten: {}", e.getMessage());
    }
  }

  /** Refuses calls from now on, and those that wait. */
  void close() {
    mailbox.execute(
        () -> {
          closed = true;
          ending.values().forEach(answer -> answer.completeExceptionally(closing()));
          ending.clear();
        });
  }

  // ---- looking ----

  @Nullable TransactionDescription describe(String id) {
    Transaction transaction = table.get(id);
    return transaction == null ? null : description(transaction);
  }

  List<TransactionDescription> list() {
    return table.values().stream().map(TransactionShard::description).toList();
  }

  private static TransactionDescription description(Transaction transaction) {
    return new TransactionDescription(
        transaction.transactionalId(),
        transaction.state(),
        transaction.timeoutMillis(),
        transaction.startMillis(),
        transaction.producerId(),
        transaction.epoch(),
        transaction.partitions());
  }
}
