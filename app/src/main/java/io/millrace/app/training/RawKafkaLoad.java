package io.millrace.app.training;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An idempotent producer and a consumer with a fetch session, which speak the versions that the
 * Java client speaks: what is trained on other paths is compiled for those, and again for these.
 */
final class RawKafkaLoad {

  private static final int PRODUCE = 0;
  private static final int FETCH = 1;
  private static final int METADATA = 3;
  private static final int INIT_PRODUCER_ID = 22;
  private static final byte[] TOPIC = "training".getBytes(StandardCharsets.US_ASCII);
  private static final int FETCH_BYTES = 1 << 20;
  private static final int RECORDS_PER_BATCH = 100;
  private static final int RECORD_BYTES = 100;

  /** Every so many batches the consumer reads that many once more: more than an answer copies. */
  private static final int REREAD_BATCHES = 8;

  private final RawKafkaConnection producer;
  private final RawKafkaConnection consumer;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
  private final byte[] topicId = new byte[16];
  private long producerId;
  private short producerEpoch;
  private int sessionId;
  private int sessionEpoch;

  private RawKafkaLoad(RawKafkaConnection producer, RawKafkaConnection consumer) {
    this.producer = producer;
    this.consumer = consumer;
  }

  /** Writes and reads back so many batches, each of which the consumer has been waiting for. */
  static void run(String host, int port, int batches) throws IOException {
    try (var producer = new RawKafkaConnection(host, port);
        var consumer = new RawKafkaConnection(host, port)) {
      RawKafkaLoad load = new RawKafkaLoad(producer, consumer);
      load.findTopic();
      load.initProducerId();
      for (int batch = 0; batch < batches; batch++) {
        load.sendFetch(batch);
        load.produce(batch);
        load.receiveFetch();
        if (batch % REREAD_BATCHES == REREAD_BATCHES - 1) {
          load.sendFetch(batch + 1 - REREAD_BATCHES);
          load.receiveFetch();
        }
      }
    }
  }

  /** The topic is made by the first of these; it may take a moment until it has a leader. */
  private void findTopic() throws IOException {
    for (int i = 0; i < 20; i++) {
      ByteBuffer body = producer.begin(METADATA, 12);
      RawKafkaConnection.compactLength(body, 1).putLong(0).putLong(0);
      RawKafkaConnection.compactLength(body, TOPIC.length).put(TOPIC).put((byte) 0);
      body.put((byte) 1).put((byte) 0).put((byte) 0);
      ByteBuffer answer = producer.ask();
      answer.getInt(); // throttle time
      for (int brokers = answer.get() - 1; brokers > 0; brokers--) {
        answer.getInt();
        RawKafkaConnection.skipString(answer);
        answer.getInt();
        RawKafkaConnection.skipString(answer);
        answer.get();
      }
      RawKafkaConnection.skipString(answer); // the cluster's id
      answer.getInt(); // the controller
      answer.get(); // one topic
      answer.getShort();
      RawKafkaConnection.skipString(answer);
      answer.get(topicId);
    }
  }

  private void initProducerId() throws IOException {
    ByteBuffer body = producer.begin(INIT_PRODUCER_ID, 4);
    body.put((byte) 0).putInt(60_000).putLong(-1).putShort((short) -1).put((byte) 0);
    ByteBuffer answer = producer.ask();
    answer.getInt();
    require(answer.getShort(), "InitProducerId");
    producerId = answer.getLong();
    producerEpoch = answer.getShort();
  }

  private void produce(int batch) throws IOException {
    ByteBuffer value = ByteBuffer.allocate(RECORD_BYTES);
    builder.producer(producerId, producerEpoch, batch * RECORDS_PER_BATCH);
    for (int i = 0; i < RECORDS_PER_BATCH; i++) {
      builder.add(i, null, value, List.of());
    }
    ByteBuffer records = builder.build();
    ByteBuffer body = producer.begin(PRODUCE, 13);
    body.put((byte) 0).putShort((short) -1).putInt(10_000);
    RawKafkaConnection.compactLength(body, 1).put(topicId);
    RawKafkaConnection.compactLength(body, 1).putInt(0);
    RawKafkaConnection.compactLength(body, records.remaining()).put(records);
    body.put((byte) 0).put((byte) 0).put((byte) 0);
    ByteBuffer answer = producer.ask();
    answer.position(answer.position() + 1 + topicId.length + 1 + Integer.BYTES);
    require(answer.getShort(), "Produce");
  }

  /** Asks for what comes from a batch on. */
  private void sendFetch(int batch) throws IOException {
    ByteBuffer body = consumer.begin(FETCH, 17);
    body.putInt(500).putInt(1).putInt(FETCH_BYTES).put((byte) 0);
    body.putInt(sessionId).putInt(sessionEpoch++);
    RawKafkaConnection.compactLength(body, 1).put(topicId);
    RawKafkaConnection.compactLength(body, 1).putInt(0).putInt(-1);
    body.putLong((long) batch * RECORDS_PER_BATCH).putInt(-1).putLong(-1).putInt(FETCH_BYTES);
    body.put((byte) 0).put((byte) 0);
    RawKafkaConnection.compactLength(body, 0);
    RawKafkaConnection.compactLength(body, 0).put((byte) 0); // no rack
    consumer.send();
  }

  private void receiveFetch() throws IOException {
    ByteBuffer answer = consumer.receive();
    answer.getInt();
    require(answer.getShort(), "Fetch");
    sessionId = answer.getInt();
  }

  private static void require(short error, String request) {
    if (error != 0) {
      throw new IllegalStateException(
          "training is of no use: a " + request + " was refused with error " + error);
    }
  }
}
