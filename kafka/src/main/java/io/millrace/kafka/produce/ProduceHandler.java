package io.millrace.kafka.produce;

import io.millrace.broker.security.Operation;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.produce.ProduceRequestDecoder.PartitionBatches;
import io.millrace.kafka.produce.ProduceRequestDecoder.ProduceRequest;
import io.millrace.kafka.produce.ProduceRequestDecoder.TopicBatches;
import io.millrace.kafka.produce.TransactionalProduce.VouchedAppend;
import io.millrace.log.batch.RecordBatchView;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers Produce: finds the partitions, checks the batches' framing, appends. */
public final class ProduceHandler implements ApiHandler {

  private static final short ACKS_ALL = -1;
  private static final short ACKS_NONE = 0;
  private static final short ACKS_LEADER = 1;

  // Offsets in a batch of format 2 (Kafka documentation, "Message Format").
  private static final int BATCH_LENGTH = 8;
  private static final int BATCH_OVERHEAD = 12;
  private static final int MAGIC = 16;
  private static final int ATTRIBUTES = 21;
  private static final int LEAST_BATCH_BYTES = 61;
  private static final int COMPRESSION_MASK = 7;
  private static final int ZSTD = 4;
  private static final short FIRST_WITH_ZSTD = 7;

  private final Topics topics;
  private final TransactionCoordinator transactions;

  /** Appends to these topics. */
  public ProduceHandler(Topics topics, TransactionCoordinator transactions) {
    this.transactions = transactions;
    this.topics = topics;
  }

  @Override
  public void handle(Exchange exchange) {
    ProduceRequest request = ProduceRequestDecoder.decode(exchange.reader(), exchange.version());
    List<PartitionAppend> appends = new ArrayList<>(request.partitions());
    ProduceOperation operation =
        new ProduceOperation(exchange, request, appends, request.acks() != ACKS_NONE);
    Errors refusal = refusal(request, exchange);
    for (TopicBatches topicBatches : request.topics()) {
      Topic topic = refusal == null ? find(topicBatches) : null;
      for (PartitionBatches batches : topicBatches.partitions()) {
        appends.add(new PartitionAppend(operation, topic, batches));
      }
    }
    if (appends.isEmpty()) {
      operation.answer();
      return;
    }
    // All are in the list before the first one can end the operation.
    List<VouchedAppend> vouched = new ArrayList<>();
    int next = 0;
    for (TopicBatches topicBatches : request.topics()) {
      for (int i = 0; i < topicBatches.partitions().size(); i++) {
        PartitionAppend append = appends.get(next++);
        if (refusal != null) {
          append.refuse(refusal, null);
        } else {
          start(append, topicBatches, request, exchange, vouched);
        }
      }
    }
    String transactionalId = request.transactionalId();
    if (transactionalId != null && !vouched.isEmpty()) {
      TransactionalProduce.start(
          transactions, transactionalId, vouched, acks(request), exchange.version());
    }
  }

  private static Partition.Acks acks(ProduceRequest request) {
    return request.acks() == ACKS_ALL ? Partition.Acks.ALL : Partition.Acks.LEADER;
  }

  private static @Nullable Errors refusal(ProduceRequest request, Exchange exchange) {
    if (request.acks() < ACKS_ALL || request.acks() > ACKS_LEADER) {
      return Errors.INVALID_REQUIRED_ACKS;
    }
    String id = request.transactionalId();
    return id != null && !exchange.connection().access().mayTransactionalId(Operation.WRITE, id)
        ? Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
        : null;
  }

  private @Nullable Topic find(TopicBatches batches) {
    if (batches.id() != null) {
      return topics.find(batches.id());
    }
    return batches.name() == null ? null : topics.find(batches.name());
  }

  private static void start(
      PartitionAppend append,
      TopicBatches topicBatches,
      ProduceRequest request,
      Exchange exchange,
      List<VouchedAppend> vouched) {
    Topic topic = append.topic();
    PartitionBatches batches = append.batches();
    // Whether it exists is for those to know who may write to it.
    String name = topic != null ? topic.name() : topicBatches.name();
    if (name != null && !exchange.connection().mayWrite(name)) {
      append.refuse(Errors.TOPIC_AUTHORIZATION_FAILED, null);
      return;
    }
    if (topic == null) {
      append.refuse(
          topicBatches.id() != null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION,
          null);
      return;
    }
    if (!topic.has(batches.index())) {
      append.refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
      return;
    }
    if (topic.internal()) {
      append.refuse(Errors.INVALID_TOPIC_EXCEPTION, "internal topics are written by the node only");
      return;
    }
    ByteBuf body = exchange.body();
    if (!check(append, body, batches, exchange.version())) {
      return;
    }
    Partition partition = topic.partitions().get(batches.index());
    ByteBuffer bytes = body.nioBuffer(batches.start(), batches.length());
    if (request.transactionalId() != null && RecordBatchView.isTransactional(bytes, 0)) {
      vouched.add(new VouchedAppend(append, partition, bytes, partition.markersWritten()));
    } else {
      partition.append(bytes, acks(request), append);
    }
  }

  /** Checks what belongs to the request rather than to the log: one batch, format 2, whole. */
  private static boolean check(
      PartitionAppend append, ByteBuf body, PartitionBatches batches, short version) {
    int start = batches.start();
    if (batches.length() <= 0) {
      append.refuse(Errors.INVALID_RECORD, "a produce request must hold one record batch");
      return false;
    }
    if (batches.length() > MAGIC && body.getByte(start + MAGIC) != 2) {
      append.refuse(
          Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT,
          "record batches must have format version 2, this one has " + body.getByte(start + MAGIC));
      return false;
    }
    if (batches.length() < LEAST_BATCH_BYTES) {
      append.refuse(Errors.CORRUPT_MESSAGE, "a record batch is shorter than its header");
      return false;
    }
    long claimed = (long) body.getInt(start + BATCH_LENGTH) + BATCH_OVERHEAD;
    if (claimed >= LEAST_BATCH_BYTES && claimed < batches.length()) {
      append.refuse(
          Errors.INVALID_RECORD, "a produce request must hold one record batch per partition");
      return false;
    }
    if (claimed != batches.length()) {
      append.refuse(
          Errors.CORRUPT_MESSAGE,
          "a record batch claims " + claimed + " bytes and has " + batches.length());
      return false;
    }
    if (version < FIRST_WITH_ZSTD
        && (body.getByte(start + ATTRIBUTES + 1) & COMPRESSION_MASK) == ZSTD) {
      append.refuse(Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version 7 or newer");
      return false;
    }
    return true;
  }
}
