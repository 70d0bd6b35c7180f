package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator.InitCommand;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionalProducer;
import io.millrace.broker.transaction.TransactionRecord.Transaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of one transactional id, with epochs near their end and far from it: whoever had
 * an earlier producer id or epoch never changes anything again; each transaction ends as it was
 * decided; each state survives storage.
 */
class TransactionRulesTest {

  private static final String ID = "payments";

  private @Nullable Transaction now;
  private @Nullable TransactionalProducer producer;
  private final List<TransactionalProducer> old = new ArrayList<>();
  private long nextId = 1;
  private long time = 1000;

  @Property(tries = 1000)
  void onlyTheLatestProducerChangesAnything(
      @ForAll boolean nearTheLastEpoch,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 9999) Integer> history) {
    TransactionRulesTest run = new TransactionRulesTest();
    run.init();
    if (nearTheLastEpoch) {
      run.jumpTo((short) (Short.MAX_VALUE - 4));
    }
    for (int step : history) {
      run.step(step);
      run.check();
    }
  }

  private Transaction now() {
    return Objects.requireNonNull(now);
  }

  private TransactionalProducer producer() {
    return Objects.requireNonNull(producer);
  }

  private void jumpTo(short epoch) {
    now = now().begunAnew(now().producerId(), epoch, -1, (short) -1, 1000, time);
    producer = new TransactionalProducer(ID, now().producerId(), epoch);
  }

  private void step(int number) {
    time++;
    Protocol protocol = number % 2 == 0 ? Protocol.V1 : Protocol.V2;
    boolean commit = number / 2 % 2 == 0;
    switch (number / 4 % 9) {
      case 0, 1, 2 -> add(Set.of(new TopicPartition("t", number % 5)), protocol);
      case 3, 4 -> end(commit, protocol);
      case 5, 6 -> complete();
      case 7 -> init();
      default -> fence();
    }
  }

  private void init() {
    InitCommand command = new InitCommand(ID, 1000, -1, (short) -1);
    boolean wasOpen = now != null && now.state() == TransactionState.ONGOING;
    boolean wasPrepared = now != null && now.state().isPrepared();
    Transaction next = tried(() -> TransactionRules.init(now, command, nextId++, time));
    assertThat(next == null).isEqualTo(wasPrepared);
    if (next != null && wasOpen) {
      fence();
    } else if (next != null) {
      become(next);
      retire(new TransactionalProducer(ID, next.producerId(), next.epoch()));
      assertThat(next.state()).isEqualTo(TransactionState.EMPTY);
    }
  }

  private void add(Set<TopicPartition> partitions, Protocol protocol) {
    boolean possible = !now().state().isPrepared() && isCurrent();
    Transaction next =
        tried(() -> TransactionRules.add(now, producer(), partitions, protocol, time));
    assertThat(next != null).isEqualTo(possible);
    if (next != null) {
      assertThat(next.partitions()).containsAll(partitions);
      assertThat(next.state()).isEqualTo(TransactionState.ONGOING);
      become(next);
    }
  }

  private void end(boolean commit, Protocol protocol) {
    Transaction before = now();
    if (!isCurrent()) {
      return;
    }
    Transaction next =
        tried(() -> TransactionRules.end(before, producer(), commit, protocol, nextId++, time));
    if (before.state() == TransactionState.ONGOING) {
      assertThat(next).isNotNull();
    }
    if (next == null || next.equals(before)) {
      return;
    }
    assertThat(next.state())
        .isEqualTo(commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT);
    assertThat(next.partitions())
        .isEqualTo(before.state() == TransactionState.ONGOING ? before.partitions() : Set.of());
    become(next);
    Transaction done = next.completed(time);
    if (protocol == Protocol.V2) {
      TransactionalProducer sender = producer();
      retire(new TransactionalProducer(ID, done.producerId(), done.epoch()));
      // The same request again gets the same answer, once the markers are written.
      Transaction again =
          tried(() -> TransactionRules.end(done, sender, commit, protocol, -1, time));
      assertThat(again).isEqualTo(done);
      assertThat(tried(() -> TransactionRules.end(done, sender, !commit, protocol, -1, time)))
          .isNull();
    }
  }

  private void complete() {
    if (now().state().isPrepared()) {
      boolean commit = now().state() == TransactionState.PREPARE_COMMIT;
      become(now().completed(time));
      assertThat(now().state())
          .isEqualTo(commit ? TransactionState.COMPLETE_COMMIT : TransactionState.COMPLETE_ABORT);
    }
  }

  private void fence() {
    if (now().state() == TransactionState.ONGOING) {
      old.add(producer());
      become(TransactionRules.abortAndFence(now(), time));
      assertThat(isCurrent()).isFalse();
    }
  }

  private void retire(TransactionalProducer next) {
    if (producer != null && !producer.equals(next)) {
      old.add(producer);
    }
    producer = next;
  }

  private boolean isCurrent() {
    return now().producerId() == producer().producerId() && now().epoch() == producer().epoch();
  }

  private void become(Transaction next) {
    now = next;
    TransactionRecordCodec codec = new TransactionRecordCodec();
    ByteBuffer value = Objects.requireNonNull(codec.value(next));
    Transaction stored =
        (Transaction) Objects.requireNonNull(TransactionRecordCodec.decode(codec.key(next), value));
    assertThat(stored.producerId()).isEqualTo(next.producerId());
    assertThat(stored.epoch()).isEqualTo(next.epoch());
    assertThat(stored.state()).isEqualTo(next.state());
    assertThat(stored.partitions()).isEqualTo(next.partitions());
    assertThat(stored.nextProducerId()).isEqualTo(next.nextProducerId());
    assertThat(stored.previousProducerId()).isEqualTo(next.previousProducerId());
    assertThat(stored.protocol()).isEqualTo(next.protocol());
    assertThat(stored.startMillis()).isEqualTo(next.startMillis());
  }

  private void check() {
    Transaction present = now();
    assertThat(present.epoch()).isNotNegative();
    Set<TopicPartition> some = Set.of(new TopicPartition("t", 0));
    for (TransactionalProducer each : old) {
      if (each.producerId() == present.producerId() && each.epoch() == present.epoch()) {
        throw new AssertionError(each + " is valid again in " + present);
      }
      assertThat(tried(() -> TransactionRules.add(present, each, some, Protocol.V2, time)))
          .isNull();
      Transaction ended =
          tried(() -> TransactionRules.end(present, each, true, Protocol.V1, -1, time));
      assertThat(ended).isNull();
    }
  }

  private static @Nullable Transaction tried(Supplier<Transaction> rule) {
    try {
      return rule.get();
    } catch (BrokerException e) {
      assertThat(e.error())
          .isIn(
              BrokerError.PRODUCER_FENCED,
              BrokerError.INVALID_PRODUCER_ID_MAPPING,
              BrokerError.INVALID_TRANSACTION_STATE,
              BrokerError.CONCURRENT_TRANSACTIONS);
      return null;
    }
  }
}
