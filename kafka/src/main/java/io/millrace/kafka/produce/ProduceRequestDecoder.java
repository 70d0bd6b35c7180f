package io.millrace.kafka.produce;

import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Produce requests, versions 3 to 13, down to where each partition's batches lie in the frame. */
final class ProduceRequestDecoder {

  private static final short FIRST_WITH_TOPIC_IDS = 13;

  /** What the smallest topic and the smallest partition take on the wire. */
  private static final int LEAST_TOPIC_BYTES = 3;

  private static final int LEAST_PARTITION_BYTES = 5;

  private ProduceRequestDecoder() {}

  /**
   * A request.
   *
   * @param transactionalId null for a producer without transactions
   */
  record ProduceRequest(
      @Nullable String transactionalId, short acks, List<TopicBatches> topics, int partitions) {}

  /** What goes to one topic, named by its name or its id. */
  record TopicBatches(
      @Nullable String name, @Nullable UUID id, List<PartitionBatches> partitions) {}

  /**
   * What goes to one partition.
   *
   * @param start index of its first byte in the request's buffer
   * @param length in bytes; -1 for none
   */
  record PartitionBatches(int index, int start, int length) {}

  static ProduceRequest decode(RequestReader in, short version) {
    String transactionalId = in.nullableString();
    short acks = in.int16();
    in.int32(); // the timeout: nothing is waited for but this node's own disk
    int count = present(in.arrayLength(LEAST_TOPIC_BYTES));
    List<TopicBatches> topics = new ArrayList<>();
    int partitions = 0;
    for (int i = 0; i < count; i++) {
      TopicBatches topic = topic(in, version);
      partitions += topic.partitions().size();
      topics.add(topic);
    }
    in.skipTags();
    return new ProduceRequest(transactionalId, acks, topics, partitions);
  }

  private static TopicBatches topic(RequestReader in, short version) {
    String name = version < FIRST_WITH_TOPIC_IDS ? in.string() : null;
    UUID id = version < FIRST_WITH_TOPIC_IDS ? null : in.uuid();
    int count = present(in.arrayLength(LEAST_PARTITION_BYTES));
    List<PartitionBatches> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = in.int32();
      int length = in.skipBytes();
      partitions.add(new PartitionBatches(index, in.position() - Math.max(0, length), length));
      in.skipTags();
    }
    in.skipTags();
    return new TopicBatches(name, id, partitions);
  }

  private static int present(int count) {
    if (count < 0) {
      throw new MalformedRequestException("an array that must be there is null");
    }
    return count;
  }
}
