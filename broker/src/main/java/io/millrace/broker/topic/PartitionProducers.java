package io.millrace.broker.topic;

import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.producer.ProducerRecovery;
import io.millrace.broker.producer.ProducerSnapshot;
import io.millrace.broker.producer.ProducerStates;
import io.millrace.log.LogConfig;
import io.millrace.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's producers beside its log: found again when it is opened, written down so that this
 * takes little, kept when the log loses the batches that tell of them. Publishes of them what other
 * threads ask for: {@link #count}, {@link #firstUndecided}, {@link #markersWritten}, {@link
 * #aborted}. All else is the mailbox's.
 */
final class PartitionProducers {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionProducers.class);

  /** After a crash, at most about this much of the log is read to find the producers. */
  private static final long SNAPSHOT_EVERY_BYTES = 64L << 20;

  private final TopicPartition id;
  private final Path dataFolder;
  private final PartitionLog log;
  private final ProducerStates states;
  private boolean compacted;
  private volatile int known;
  private volatile long firstUndecided = Long.MAX_VALUE;
  private volatile long markersWritten;
  private long bytesSinceSnapshot;

  /** The snapshot on disk has the producers of all batches before it. */
  private long snapshotOffset;

  /**
   * Finds the producers of a log that has been opened.
   *
   * @param dataFolder where the log's directory is, in which the snapshot is kept too
   * @param states empty
   */
  PartitionProducers(
      TopicPartition id,
      Path dataFolder,
      PartitionLog log,
      LogConfig config,
      ProducerStates states,
      long nowMillis) {
    this.id = id;
    this.dataFolder = dataFolder;
    this.log = log;
    this.states = states;
    configure(config);
    snapshotOffset = ProducerRecovery.recover(directory(), log, states, nowMillis);
    known = states.count();
    forgetCompacted();
    transactionsChanged();
    log.beforeCompaction(this::keep);
  }

  void configure(LogConfig config) {
    compacted = config.cleanup() != LogConfig.Cleanup.DELETE;
  }

  ProducerStates states() {
    return states;
  }

  /** How many there are. */
  int count() {
    return known;
  }

  /** Where the first open transaction begins; {@link Long#MAX_VALUE} for none. */
  long firstUndecided() {
    return firstUndecided;
  }

  /** See {@link Partition#markersWritten}. */
  long markersWritten() {
    return markersWritten;
  }

  AbortedTransactions.View aborted() {
    return states.aborted().now();
  }

  /** A transaction has begun or ended. */
  void transactionsChanged() {
    firstUndecided = states.firstUndecided();
    markersWritten = states.markers();
  }

  /** Batches have been written, and their producers noted. */
  void written(int bytes) {
    bytesSinceSnapshot += bytes;
    if (bytesSinceSnapshot >= SNAPSHOT_EVERY_BYTES) {
      writeSnapshot();
    }
    int now = states.count();
    if (now != known) {
      known = now;
    }
  }

  /** Forgets those that have been silent for too long. */
  void expire(long nowMillis) {
    states.expire(nowMillis);
    known = states.count();
  }

  /** Compaction has dropped the records of aborted transactions, so nobody needs to be told. */
  void forgetCompacted() {
    states
        .aborted()
        .forgetBefore(
            compacted ? Math.max(log.startOffset(), log.cleanedOffset()) : log.startOffset());
  }

  /** Compaction and DeleteRecords may take the batches that tell a producer's last sequence. */
  void keep() {
    if (snapshotOffset != log.endOffset()) {
      writeSnapshot();
    }
  }

  /** The batches before an offset are about to go. */
  void keepBefore(long offset) {
    if (snapshotOffset < offset) {
      keep();
    }
  }

  private void writeSnapshot() {
    bytesSinceSnapshot = 0;
    long end = log.endOffset();
    try {
      ProducerSnapshot.write(directory(), states, end, compacted);
      snapshotOffset = end;
    } catch (IOException e) {
      LOG.warn("The producers of {} could not be written down: {}", id, e.toString());
    }
  }

  /** Made each time: most of many partitions do not need it. */
  private Path directory() {
    return dataFolder.resolve(id.toString());
  }
}
