package io.millrace.bench.kafka;

import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/**
 * A batch to one partition after the other, one in a request and five requests in flight, so that a
 * request costs the same however many partitions there are.
 */
public final class SpreadLoad {

  private static final short PRODUCE = 0;
  private static final short PRODUCE_VERSION = 8;
  private static final int IN_FLIGHT = 5;
  private static final int BATCH_BYTES = 16 * 1024;
  private static final int RECORD_BYTES = 100;
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int PARTITIONS_PER_TOPIC = 100;
  private static final int TOPICS_PER_REQUEST = 10;
  private static final long WARM_UP_RECORDS = 2_000_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private SpreadLoad() {}

  /**
   * Makes the partitions, writes to each, then measures.
   *
   * @param partitions up to 100, or a multiple of it
   */
  public static double cpuSecondsPerMillion(Server server, int partitions, long records)
      throws Exception {
    FirstAnswer.await(server, START_LIMIT);
    int topics = Math.max(1, partitions / PARTITIONS_PER_TOPIC);
    int perTopic = partitions / topics;
    create(server, topics, perTopic);
    ByteBuffer batch = batch();
    int inBatch = batch.getInt(57);
    try (LeanConnection connection = new LeanConnection(server.kafkaPort(), BATCH_BYTES * 2)) {
      long warmUp = Math.max(WARM_UP_RECORDS, 2L * partitions * inBatch);
      send(connection, batch, topics, perTopic, warmUp / inBatch);
      long requests = records / inBatch;
      return Load.measure(
              server.usage(),
              () -> {
                send(connection, batch, topics, perTopic, requests);
                return requests * inBatch;
              })
          .cpuSecondsPerMillion();
    }
  }

  private static void create(Server server, int topics, int perTopic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrap()))) {
      List<NewTopic> asked = new ArrayList<>();
      for (int topic = 0; topic < topics; topic++) {
        asked.add(new NewTopic("spread-" + topic, perTopic, (short) 1));
        if (asked.size() == TOPICS_PER_REQUEST || topic + 1 == topics) {
          admin.createTopics(asked).all().get();
          asked.clear();
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the topics could not be made: " + e.getCause(), e);
    }
  }

  private static ByteBuffer batch() {
    MemoryRecordsBuilder builder =
        MemoryRecords.builder(
            ByteBuffer.allocate(BATCH_BYTES), Compression.NONE, TimestampType.CREATE_TIME, 0);
    long now = System.currentTimeMillis();
    byte[] value = new byte[RECORD_BYTES];
    while (builder.hasRoomFor(now, null, value, new Header[0])) {
      builder.append(now, null, value);
    }
    return builder.build().buffer();
  }

  private static void send(
      LeanConnection connection, ByteBuffer batch, int topics, int perTopic, long requests)
      throws IOException {
    long sent = 0;
    long answered = 0;
    while (answered < requests) {
      if (sent < requests && sent - answered < IN_FLIGHT) {
        ByteBuffer body = connection.begin(PRODUCE, PRODUCE_VERSION);
        body.putShort((short) -1).putShort((short) 1).putInt(TIMEOUT_MILLIS).putInt(1);
        LeanConnection.putString(body, "spread-" + sent % topics);
        body.putInt(1).putInt((int) (sent / topics % perTopic));
        body.putInt(batch.remaining()).put(batch.duplicate());
        connection.send();
        sent++;
      } else {
        ByteBuffer answer = connection.receive();
        answer.getInt();
        LeanConnection.skipString(answer);
        answer.getLong();
        short error = answer.getShort();
        if (error != 0) {
          throw new IllegalStateException("the broker refused a batch with error " + error);
        }
        answered++;
      }
    }
  }
}
