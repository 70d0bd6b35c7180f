package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.producer.ProducerStates;
import io.millrace.core.Clock;
import io.millrace.log.LogStore;
import io.millrace.log.PartitionLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Opens partitions' logs and takes the lead of them. */
final class PartitionOpener {

  private final LogStore store;
  private final BrokerSettings limits;
  private final int leaderEpoch;
  private volatile long producerExpiryMillis;
  private final LongSupplier producerExpiry;
  private final Executor recompressors;
  private final Clock clock;

  PartitionOpener(
      LogStore store, BrokerSettings limits, int leaderEpoch, Executor recompressors, Clock clock) {
    this.recompressors = recompressors;
    this.store = store;
    this.limits = limits;
    this.producerExpiry = () -> producerExpiryMillis;
    this.producerExpiryMillis = limits.producerExpiry().toMillis();
    this.leaderEpoch = leaderEpoch;
    this.clock = clock;
  }

  /** Producers that are silent for so long are forgotten from now on, on all partitions. */
  void expireProducersAfter(Duration expiry) {
    producerExpiryMillis = expiry.toMillis();
  }

  /**
   * Refuses a name under which there is data already.
   *
   * @throws BrokerException with {@code STORAGE}
   */
  void checkUnused(TopicPartition id) {
    if (store.exists(id.toString())) {
      throw new BrokerException(
          BrokerError.STORAGE,
          "the data folder has a directory "
              + id
              + " that belongs to no topic known; move it away to use the name");
    }
  }

  /** Opens the partitions from {@code from} on to before {@code count}, new or with their data. */
  List<Partition> open(String topic, int from, int count, TopicSettings settings) {
    List<Partition> opened = new ArrayList<>();
    for (int i = from; i < count; i++) {
      TopicPartition id = new TopicPartition(topic, i);
      String name = id.toString();
      PartitionLog log = store.open(name, settings.log());
      ProducerStates producers =
          new ProducerStates(limits.maxProducersPerPartition(), producerExpiry);
      opened.add(
          new LogPartition(
              id,
              name,
              store.folder(),
              log,
              settings,
              leaderEpoch,
              producers,
              recompressors,
              clock));
    }
    return List.copyOf(opened);
  }
}
