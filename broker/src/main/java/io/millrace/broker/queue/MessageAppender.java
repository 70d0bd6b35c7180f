package io.millrace.broker.queue;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.core.Clock;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends messages to a partition, many as one batch. Confined to the partition's mailbox. */
final class MessageAppender {

  private static final int MOST_BATCH_BYTES = 256 * 1024;

  private final PartitionJournal journal;
  private final MessageRecordCodec codec;
  private final MessageRecordCodec.Bodies bodies;
  private final Clock clock;

  MessageAppender(
      PartitionJournal journal,
      MessageRecordCodec codec,
      MessageRecordCodec.Bodies bodies,
      Clock clock) {
    this.journal = journal;
    this.codec = codec;
    this.bodies = bodies;
    this.clock = clock;
  }

  /** About what the batch from that message on will take. */
  private static int expectedBytes(List<Message> messages, int from) {
    int bytes = 0;
    for (int i = from; i < messages.size() && bytes < MOST_BATCH_BYTES; i++) {
      bytes += messages.get(i).heapBytes();
    }
    return bytes;
  }

  /** Told where a message went. */
  interface Written {
    void at(int index, long offset);
  }

  /** Told that messages are as durable as the topic promises, or why not. In the mailbox. */
  interface Durable {
    void durable(int first, int after, @Nullable BrokerException failure);
  }

  /**
   * Appends messages.
   *
   * @param written told of each one's offset, in order
   * @param durable told once for each batch that was made of them, and of those that the disk
   *     refuses, which {@code written} is not told of
   */
  void append(List<Message> messages, Written written, Durable durable) {
    int index = 0;
    while (index < messages.size()) {
      RecordBatchBuilder batch =
          RecordBatchBuilder.create(Compression.NONE, expectedBytes(messages, index));
      long now = clock.millis();
      int first = index;
      do {
        codec.add(batch, now, messages.get(index++), bodies);
      } while (index < messages.size() && batch.sizeBytes() < MOST_BATCH_BYTES);
      int after = index;
      long end;
      try {
        end = journal.append(batch.build());
      } catch (BrokerException e) {
        durable.durable(first, messages.size(), e);
        return;
      }
      for (int i = first; i < after; i++) {
        written.at(i, end - after + i);
      }
      journal.whenDurable(end, failure -> durable.durable(first, after, failure));
    }
  }
}
