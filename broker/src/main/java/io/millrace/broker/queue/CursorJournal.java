package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted topic in which queues write down what has been acknowledged. Any thread.
 *
 * <pre>
 *   key    queue id 16 bytes · chunk i64, or -1 for the queue itself
 *   value  queue: version u8 · floor i64 · offsets before this one may have been handed out i64
 *          chunk: its 4096 bits; a tombstone when all of them are acknowledged
 * </pre>
 */
final class CursorJournal {

  /** The topic's name. */
  static final String TOPIC = "__amqp_cursors";

  private static final Logger LOG = LoggerFactory.getLogger(CursorJournal.class);
  private static final byte VERSION = 1;
  private static final int KEY_BYTES = 24;
  private static final int HEAD_BYTES = 17;
  private static final long HEAD = -1;

  private final List<PartitionJournal> partitions = new ArrayList<>();
  private final Clock clock;
  private final Map<UUID, Stored> stored = new HashMap<>();

  /** A queue's cursor as it was found at start. */
  static final class Stored {
    long floor;
    long handedOut;
    final Map<Long, ByteBuffer> chunks = new HashMap<>();
  }

  CursorJournal(Topic topic, Clock clock) {
    this.clock = clock;
    for (Partition partition : topic.partitions()) {
      PartitionJournal journal = ((LogPartition) partition).journal();
      partitions.add(journal);
      JournalReader.read(journal.log(), this::replay);
    }
  }

  private void replay(ByteBuffer key, @Nullable ByteBuffer value) {
    if (key.remaining() != KEY_BYTES) {
      return;
    }
    UUID id = new UUID(key.getLong(), key.getLong());
    long chunk = key.getLong();
    if (chunk == HEAD) {
      if (value == null || value.remaining() != HEAD_BYTES || value.get() != VERSION) {
        stored.remove(id);
        return;
      }
      Stored found = stored.computeIfAbsent(id, each -> new Stored());
      found.floor = value.getLong();
      found.handedOut = value.getLong();
    } else if (value == null || value.remaining() != AckedOffsets.CHUNK_BYTES) {
      Stored found = stored.get(id);
      if (found != null) {
        found.chunks.remove(chunk);
      }
    } else {
      ByteBuffer copy = ByteBuffer.allocate(AckedOffsets.CHUNK_BYTES).put(value).flip();
      stored.computeIfAbsent(id, each -> new Stored()).chunks.put(chunk, copy);
    }
  }

  /** What was found for a queue at start, once; null for a new queue. */
  @Nullable Stored take(UUID id) {
    return stored.remove(id);
  }

  /** Forgets what was found of queues that are no more. */
  void dropOthers() {
    stored.forEach((id, found) -> delete(id, found.chunks.keySet()));
    stored.clear();
  }

  /** Writes down how far a queue is; what is written first is found first. */
  void write(UUID id, AckedOffsets acked, long handedOut) {
    RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);
    long now = clock.millis();
    batch.add(
        now,
        key(id, HEAD),
        ByteBuffer.allocate(HEAD_BYTES)
            .put(VERSION)
            .putLong(acked.floor())
            .putLong(handedOut)
            .flip(),
        List.of());
    acked.takeChanged(chunk -> batch.add(now, key(id, chunk), acked.bits(chunk), List.of()));
    append(id, batch.build());
  }

  /** The queue is no more, and has no chunks left. */
  void delete(UUID id) {
    delete(id, List.of());
  }

  private void delete(UUID id, Collection<Long> chunks) {
    RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);
    long now = clock.millis();
    batch.add(now, key(id, HEAD), null, List.of());
    chunks.forEach(chunk -> batch.add(now, key(id, chunk), null, List.of()));
    append(id, batch.build());
  }

  private static ByteBuffer key(UUID id, long chunk) {
    return ByteBuffer.allocate(KEY_BYTES)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .putLong(chunk)
        .flip();
  }

  private void append(UUID id, ByteBuffer batch) {
    PartitionJournal journal = partitions.get(Math.floorMod(id.hashCode(), partitions.size()));
    journal
        .mailbox()
        .execute(
            () -> {
              try {
                long end = journal.append(batch);
                journal.whenDurable(end, failure -> {});
              } catch (BrokerException e) {
                LOG.warn(
                    "Acknowledgements cannot be written down, and may be asked for again: {}",
                    e.getMessage());
              }
            });
  }
}
