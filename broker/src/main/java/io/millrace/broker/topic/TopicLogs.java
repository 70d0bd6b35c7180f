package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.core.Clock;
import io.millrace.log.LogConfig;
import io.millrace.log.LogStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs under topics: opened, set, cleaned, ended and deleted, those of a whole topic at a time.
 * Waits for the partitions' own threads; so it is not for these.
 */
final class TopicLogs {

  private static final Logger LOG = LoggerFactory.getLogger(TopicLogs.class);

  private final LogStore store;
  private final ThreadPoolExecutor recompressors = recompressors();
  private final PartitionOpener opener;
  private volatile boolean stopCleaning;

  TopicLogs(LogStore store, BrokerSettings limits, int leaderEpoch, Clock clock) {
    this.store = store;
    opener = new PartitionOpener(store, limits, leaderEpoch, recompressors, clock);
  }

  /** Threads that are there only while batches are recompressed. */
  private static ThreadPoolExecutor recompressors() {
    int most = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            most,
            most,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("broker-recompression-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  // ---- open ----

  /** The topic of a record, with its logs. */
  Topic open(TopicRecord record, TopicSettings settings) {
    return new Topic(
        record.name(),
        record.id(),
        settings,
        record.internal(),
        open(record.name(), 0, record.partitions(), settings));
  }

  /** Some of the partitions of a topic. */
  List<Partition> open(String topic, int from, int count, TopicSettings settings) {
    return opener.open(topic, from, count, settings);
  }

  /**
   * Passes for a topic of which no directory is there.
   *
   * @throws io.millrace.broker.BrokerException when one is
   */
  void checkUnused(TopicRecord record) {
    for (int i = 0; i < record.partitions(); i++) {
      opener.checkUnused(new TopicPartition(record.name(), i));
    }
  }

  /**
   * Waits until what was visible before is so again: after a crash that takes until logs have been
   * forced. Clients that came earlier would find high watermarks that had gone back, and one that
   * starts at the latest offset would start far too early.
   */
  static void awaitVisible(Collection<Topic> topics) {
    CompletableFuture.allOf(
            topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(partition -> ((LogPartition) partition).recovered())
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  // ---- change ----

  /** Has a topic's partitions go by other settings. */
  static void configure(Topic topic, TopicSettings settings) {
    for (Partition partition : topic.partitions()) {
      ((LogPartition) partition).configure(settings).toCompletableFuture().join();
    }
  }

  /** Producers that are silent for so long are forgotten from now on. */
  void expireProducersAfter(Duration expiry) {
    opener.expireProducersAfter(expiry);
  }

  /** See {@link Topics#forceDeletions}. */
  void forceStarts() {
    LogRefusal.naming(
        () -> {
          store.checkpoint();
          return true;
        });
  }

  // ---- upkeep ----

  /** See {@link TopicRegistry#clean}. */
  long clean(Collection<Topic> topics, boolean all) {
    long freed = 0;
    for (Topic topic : topics) {
      if (!all && topic.settings().log().cleanup() == LogConfig.Cleanup.DELETE) {
        continue;
      }
      for (Partition partition : topic.partitions()) {
        try {
          freed += ((LogPartition) partition).clean().toCompletableFuture().join();
        } catch (CompletionException e) {
          LOG.warn("Partition {} could not be cleaned: {}", partition.id(), e.getCause());
        }
        if (stopCleaning) {
          return freed;
        }
      }
    }
    return freed;
  }

  /** Has {@link #clean} return after the partition that it is at. */
  void stopCleaning() {
    stopCleaning = true;
  }

  // ---- end ----

  /** Ends a topic's partitions: who waits there is told why. */
  static void end(Topic topic, BrokerError reason) {
    for (Partition partition : topic.partitions()) {
      ((LogPartition) partition).end(reason).toCompletableFuture().join();
    }
  }

  /** Deletes the logs of some of the partitions that a topic had. */
  void delete(String name, int from, int count) {
    List<String> logs = new ArrayList<>();
    for (int i = from; i < count; i++) {
      logs.add(new TopicPartition(name, i).toString());
    }
    store.delete(logs);
  }

  /** Ends all partitions and closes their logs. */
  void close(Collection<Topic> topics) {
    for (Topic topic : topics) {
      for (Partition partition : topic.partitions()) {
        LogPartition each = (LogPartition) partition;
        each.end(BrokerError.CLOSING).toCompletableFuture().join();
        each.log().close();
      }
    }
    recompressors.shutdown();
  }
}
