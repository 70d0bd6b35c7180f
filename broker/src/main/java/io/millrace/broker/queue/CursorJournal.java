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
 *
 *   key    queue id 16 bytes · kind u8 · number i64
 *   value  kind 1, a chunk: the 4096 bits of which messages are out; a tombstone when none is
 *          kind 2, an offset: how often that message came back i32; a tombstone when it is done
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
  private static final int DELIVERY_KEY_BYTES = 25;
  private static final byte OUT = 1;
  private static final byte COUNT = 2;
  private static final int MOST_BATCH_BYTES = 256 * 1024;

  private final List<PartitionJournal> partitions = new ArrayList<>();
  private final Clock clock;
  private final Map<UUID, Stored> stored = new HashMap<>();

  /** A queue's cursor as it was found at start. */
  static final class Stored {
    long floor;
    long handedOut;
    final Map<Long, ByteBuffer> chunks = new HashMap<>();
    final Map<Long, ByteBuffer> out = new HashMap<>();
    final Map<Long, Integer> counts = new HashMap<>();
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
    if (key.remaining() == DELIVERY_KEY_BYTES) {
      replayDelivery(key, value);
      return;
    }
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

  private void replayDelivery(ByteBuffer key, @Nullable ByteBuffer value) {
    UUID id = new UUID(key.getLong(), key.getLong());
    byte kind = key.get();
    long number = key.getLong();
    Stored found = stored.computeIfAbsent(id, each -> new Stored());
    if (kind == OUT) {
      if (value == null || value.remaining() != AckedOffsets.CHUNK_BYTES) {
        found.out.remove(number);
      } else {
        found.out.put(number, ByteBuffer.allocate(AckedOffsets.CHUNK_BYTES).put(value).flip());
      }
    } else if (kind == COUNT) {
      if (value == null || value.remaining() != Integer.BYTES) {
        found.counts.remove(number);
      } else {
        found.counts.put(number, value.getInt());
      }
    }
  }

  /** What was found for a queue at start, once; null for a new queue. */
  @Nullable Stored take(UUID id) {
    return stored.remove(id);
  }

  /** Forgets what was found of queues that are no more. */
  void dropOthers() {
    stored.forEach(
        (id, found) -> {
          Records gone = new Records(id);
          gone.add(key(id, HEAD), null);
          found.chunks.keySet().forEach(chunk -> gone.add(key(id, chunk), null));
          found.out.keySet().forEach(chunk -> gone.out(chunk, null));
          found.counts.keySet().forEach(offset -> gone.count(offset, 0));
          gone.append();
        });
    stored.clear();
  }

  /** Writes down how far a reader is whose deliveries are not counted. */
  void write(UUID id, AckedOffsets acked, long handedOut) {
    write(id, acked, handedOut, new DeliveryCounts());
  }

  /** Writes down how far a queue is; what is written first is found first. */
  void write(UUID id, AckedOffsets acked, long handedOut, DeliveryCounts counts) {
    Records records = new Records(id);
    records.add(
        key(id, HEAD),
        ByteBuffer.allocate(HEAD_BYTES)
            .put(VERSION)
            .putLong(acked.floor())
            .putLong(handedOut)
            .flip());
    acked.takeChanged(chunk -> records.add(key(id, chunk), acked.bits(chunk)));
    counts.takeChanged(records);
    records.append();
  }

  /** The queue is no more, and has neither chunks nor counts left. */
  void delete(UUID id) {
    Records gone = new Records(id);
    gone.add(key(id, HEAD), null);
    gone.append();
  }

  /** Records of one queue, in as many batches as they need. */
  private final class Records implements DeliveryCounts.Writer {
    private final UUID id;
    private final long now = clock.millis();
    private RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);

    Records(UUID id) {
      this.id = id;
    }

    void add(ByteBuffer key, @Nullable ByteBuffer value) {
      if (batch.sizeBytes() >= MOST_BATCH_BYTES) {
        append();
        batch = RecordBatchBuilder.create(Compression.NONE);
      }
      batch.add(now, key, value, List.of());
    }

    @Override
    public void count(long offset, int count) {
      ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).putInt(count).flip();
      add(deliveryKey(COUNT, offset), count == 0 ? null : value);
    }

    @Override
    public void out(long chunk, @Nullable ByteBuffer bits) {
      add(deliveryKey(OUT, chunk), bits);
    }

    private ByteBuffer deliveryKey(byte kind, long number) {
      return ByteBuffer.allocate(DELIVERY_KEY_BYTES)
          .putLong(id.getMostSignificantBits())
          .putLong(id.getLeastSignificantBits())
          .put(kind)
          .putLong(number)
          .flip();
    }

    void append() {
      CursorJournal.this.append(id, batch.build());
    }
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
