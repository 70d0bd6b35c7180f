package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.batch.TransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Records on the wire: requests that carry them, and what a consumer makes of an answer. */
final class WireRecords {

  static final int FETCH_VERSION = 12;
  private static final int SPREAD_MILLIS = 1000;

  /** Who produces: an id of -1 for nobody. */
  record Producer(long id, short epoch, @Nullable String transactionalId) {
    static final Producer NOBODY = new Producer(-1, (short) -1, null);
  }

  /**
   * What a fetch has shown.
   *
   * @param error why it has shown nothing
   * @param entries those that count, with the markers
   * @param next where to go on from
   */
  record Fetched(
      Errors error, List<Entry> entries, long next, long highWatermark, long lastStableOffset) {

    List<Entry> records() {
      return entries.stream().filter(each -> !each.isMarker()).toList();
    }
  }

  private WireRecords() {}

  static ProduceRequestData produce(
      Producer producer,
      int partition,
      int sequence,
      List<String> values,
      short acks,
      Random random) {
    RecordBatchBuilder batch = RecordBatchBuilder.create(Compression.NONE);
    if (producer.id() >= 0) {
      batch.producer(producer.id(), producer.epoch(), sequence);
    }
    if (producer.transactionalId() != null) {
      batch.transactional();
    }
    for (String value : values) {
      batch.add(
          System.currentTimeMillis() - random.nextInt(SPREAD_MILLIS),
          null,
          ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)),
          List.of());
    }
    TopicProduceDataCollection topics = new TopicProduceDataCollection();
    topics.add(
        new TopicProduceData()
            .setName(Client.TOPIC)
            .setPartitionData(
                List.of(
                    new PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(MemoryRecords.readableRecords(batch.build())))));
    return new ProduceRequestData()
        .setAcks(acks)
        .setTimeoutMs(30_000)
        .setTransactionalId(producer.transactionalId())
        .setTopicData(topics);
  }

  static Fetched fetch(
      NodeLink link, int partition, long from, boolean committed, int maxBytes, int maxWaitMillis)
      throws IOException {
    FetchRequestData request =
        new FetchRequestData()
            .setIsolationLevel((byte) (committed ? 1 : 0))
            .setMaxWaitMs(maxWaitMillis)
            .setMinBytes(1)
            .setMaxBytes(maxBytes)
            .setSessionEpoch(-1)
            .setTopics(
                List.of(
                    new FetchTopic()
                        .setTopic(Client.TOPIC)
                        .setPartitions(
                            List.of(
                                new FetchRequestData.FetchPartition()
                                    .setPartition(partition)
                                    .setFetchOffset(from)
                                    .setPartitionMaxBytes(maxBytes)))));
    FetchResponseData response =
        link.call(ApiKeys.FETCH, FETCH_VERSION, request, FetchResponseData::new);
    if (response.errorCode() != 0) {
      return new Fetched(Errors.forCode(response.errorCode()), List.of(), from, -1, -1);
    }
    PartitionData data = response.responses().getFirst().partitions().getFirst();
    Errors error = Errors.forCode(data.errorCode());
    if (error != Errors.NONE) {
      return new Fetched(error, List.of(), from, -1, -1);
    }
    return consume(data, from, committed);
  }

  /** As Kafka's consumer does it. */
  private static Fetched consume(PartitionData data, long from, boolean committed) {
    PriorityQueue<AbortedTransaction> aborted =
        new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
    if (data.abortedTransactions() != null) {
      aborted.addAll(data.abortedTransactions());
    }
    Set<Long> abortedProducers = new HashSet<>();
    List<Entry> entries = new ArrayList<>();
    long next = from;
    ByteBuffer bytes =
        data.records() == null
            ? ByteBuffer.allocate(0)
            : ((MemoryRecords) data.records()).buffer().slice();
    int end = bytes.limit();
    int at = 0;
    while (end - at >= RecordBatchView.HEADER_BYTES
        && RecordBatchView.sizeBytes(bytes, at) <= end - at) {
      int size = RecordBatchView.sizeBytes(bytes, at);
      long last = RecordBatchView.lastOffset(bytes, at);
      long producer = RecordBatchView.producerId(bytes, at);
      while (!aborted.isEmpty() && aborted.element().firstOffset() <= last) {
        abortedProducers.add(aborted.remove().producerId());
      }
      if (RecordBatchView.isControl(bytes, at)) {
        if (TransactionMarker.isMarker(bytes, at) && !TransactionMarker.isCommit(bytes, at)) {
          abortedProducers.remove(producer);
        }
        if (last >= from) {
          entries.add(new Entry(last, RecordBatchView.maxTimestamp(bytes, at), ""));
        }
      } else if (!committed
          || !RecordBatchView.isTransactional(bytes, at)
          || !abortedProducers.contains(producer)) {
        records(bytes.slice(at, size), from, entries);
      }
      next = Math.max(next, last + 1);
      at += size;
    }
    return new Fetched(Errors.NONE, entries, next, data.highWatermark(), data.lastStableOffset());
  }

  private static void records(ByteBuffer batch, long from, List<Entry> entries) {
    try (RecordCursor cursor = RecordCursor.create()) {
      cursor.reset(batch, from);
      while (cursor.next()) {
        ByteBuffer value = Objects.requireNonNull(cursor.value());
        entries.add(
            new Entry(
                cursor.offset(),
                cursor.timestampMillis(),
                StandardCharsets.UTF_8.decode(value).toString()));
      }
    }
  }
}
