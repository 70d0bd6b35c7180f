package io.millrace.broker.queue;

import io.millrace.core.Clock;
import io.millrace.log.Durability;
import io.millrace.log.LogConfig;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the logs to which queues page out what is too much for the memory and does not outlive the
 * node. Any thread.
 */
final class TransientTails {

  private static final Logger LOG = LoggerFactory.getLogger(TransientTails.class);
  private static final String PREFIX = "__amqp_tail-";
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final int INDEX_INTERVAL_BYTES = 64 << 10;
  private static final int OVERHEAD_BYTES = 1 << 20;

  private final LogStore store;
  private final MessageRecordCodec codec;
  private final Clock clock;
  private final LogConfig config;

  /** Deletes what a former run has left. */
  TransientTails(
      LogStore store, MessageRecordCodec codec, MessagingSettings settings, Clock clock) {
    this.store = store;
    this.codec = codec;
    this.clock = clock;
    config =
        new LogConfig(
            SEGMENT_BYTES,
            Duration.ofDays(7),
            INDEX_INTERVAL_BYTES,
            settings.maxMessageBytes() + OVERHEAD_BYTES,
            -1,
            Duration.ofMillis(-1),
            LogConfig.Cleanup.DELETE,
            Durability.OS,
            Duration.ofSeconds(1),
            false);
    List<String> left = store.existing().stream().filter(name -> name.startsWith(PREFIX)).toList();
    if (!left.isEmpty()) {
      store.delete(left);
    }
  }

  /** A tail without messages; null when the disk refuses. */
  @Nullable TransientTail open(String queue) {
    String name = PREFIX + UUID.randomUUID();
    try {
      return new TransientTail(store, name, store.open(name, config), codec, clock);
    } catch (LogException e) {
      LOG.warn("Queue {} cannot page out, and stays in memory: {}", queue, e.getMessage());
      return null;
    }
  }
}
