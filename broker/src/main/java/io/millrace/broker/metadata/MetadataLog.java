package io.millrace.broker.metadata;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.journal.JournalReader;
import io.millrace.core.Clock;
import io.millrace.log.Durability;
import io.millrace.log.LogConfig;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * The compacted log of the node's metadata. Confined to the controller's thread, which it keeps
 * waiting until records are on disk.
 */
final class MetadataLog {

  /** Its directory in the data folder. */
  static final String NAME = "__cluster_metadata-0";

  private static final LogConfig CONFIG =
      new LogConfig(
          1 << 22,
          Duration.ofDays(1),
          4096,
          1 << 20,
          -1,
          Duration.ofMillis(-1),
          LogConfig.Cleanup.COMPACT,
          Durability.COMMIT,
          Duration.ofSeconds(1),
          false);

  private final PartitionLog log;
  private final Clock clock;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);

  MetadataLog(LogStore store, Clock clock) {
    this.log = store.open(NAME, CONFIG);
    this.clock = clock;
  }

  /** Hands over all records, the oldest first. */
  void replay(Consumer<MetadataRecord> to) {
    JournalReader.read(log, (key, value) -> to.accept(MetadataRecordCodec.decode(key, value)));
  }

  /**
   * Appends records as one batch: all of them are there after a crash, or none.
   *
   * @throws BrokerException with {@code STORAGE}; nothing was then appended
   */
  void append(List<MetadataRecord> records) {
    long now = clock.millis();
    for (MetadataRecord record : records) {
      builder.add(
          now, MetadataRecordCodec.key(record), MetadataRecordCodec.value(record), List.of());
    }
    try {
      log.append(builder.build(), 0);
    } catch (LogException e) {
      throw new BrokerException(BrokerError.STORAGE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Waits until all that was appended is on disk.
   *
   * @throws BrokerException with {@code STORAGE}
   */
  void awaitDurable() throws InterruptedException {
    CompletableFuture<Void> forced = new CompletableFuture<>();
    log.whenDurable(
        log.endOffset(),
        failure -> {
          if (failure == null) {
            forced.complete(null);
          } else {
            forced.completeExceptionally(failure);
          }
        });
    try {
      forced.get();
    } catch (ExecutionException e) {
      throw new BrokerException(
          BrokerError.STORAGE, "the metadata could not be forced to disk: " + e.getCause());
    }
    log.advanceHighWatermark(log.endOffset());
  }

  long endOffset() {
    return log.endOffset();
  }

  void clean() {
    log.clean();
  }

  void close() {
    log.close();
  }
}
