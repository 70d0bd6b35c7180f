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
 * A batch to, and then from, one partition after the other, one in a request and five requests in
 * flight, so that a request costs the same however many partitions there are.
 */
public final class SpreadLoad {

  private static final short PRODUCE = 0;
  private static final short PRODUCE_VERSION = 8;
  private static final short FETCH = 1;
  private static final short FETCH_VERSION = 11;
  private static final int MAX_WAIT_MILLIS = 500;
  private static final int RECORDS_AT = 57;
  private static final int IN_FLIGHT = 5;
  private static final int BATCH_BYTES = 16 * 1024;
  private static final int RECORD_BYTES = 100;
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int PARTITIONS_PER_TOPIC = 100;
  private static final int TOPICS_PER_REQUEST = 10;
  private static final long WARM_UP_RECORDS = 2_000_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** CPU-seconds of the server's process per million records. */
  public record Costs(double produce, double consume) {}

  private interface Requests {
    void send(long number) throws IOException;
  }

  private interface Answers {
    void check(ByteBuffer answer);
  }

  private final LeanConnection connection;
  private final int topics;
  private final int perTopic;
  private final ByteBuffer batch = batch();
  private final int inBatch = batch.getInt(RECORDS_AT);

  private SpreadLoad(LeanConnection connection, int topics, int perTopic) {
    this.connection = connection;
    this.topics = topics;
    this.perTopic = perTopic;
  }

  /**
   * Makes the partitions, writes to each, then measures.
   *
   * @param partitions up to 100, or a multiple of it
   */
  public static Costs measure(Server server, int partitions, long records) throws Exception {
    FirstAnswer.await(server, START_LIMIT);
    int topics = Math.max(1, partitions / PARTITIONS_PER_TOPIC);
    int perTopic = partitions / topics;
    create(server, topics, perTopic);
    try (LeanConnection connection = new LeanConnection(server.kafkaPort(), BATCH_BYTES * 2)) {
      SpreadLoad load = new SpreadLoad(connection, topics, perTopic);
      long requests = records / load.inBatch;
      long warmUp = Math.max(WARM_UP_RECORDS / load.inBatch, 2L * partitions);
      load.run(0, warmUp, load::produce, SpreadLoad::checkProduced);
      double produce =
          load.cost(server, warmUp, requests, load::produce, SpreadLoad::checkProduced);
      // There is as much to read as was written, so the warm-up reads what is measured, once.
      load.run(0, warmUp, load::fetch, SpreadLoad::checkFetched);
      double consume = load.cost(server, warmUp, requests, load::fetch, SpreadLoad::checkFetched);
      return new Costs(produce, consume);
    }
  }

  private double cost(Server server, long first, long requests, Requests ask, Answers answers)
      throws Exception {
    return Load.measure(
            server.usage(),
            () -> {
              run(first, requests, ask, answers);
              return requests * inBatch;
            })
        .cpuSecondsPerMillion();
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

  /** Sends requests, numbered from {@code first}, and takes their answers. */
  private void run(long first, long requests, Requests ask, Answers answers) throws IOException {
    long sent = 0;
    long answered = 0;
    while (answered < requests) {
      if (sent < requests && sent - answered < IN_FLIGHT) {
        ask.send(first + sent);
        connection.send();
        sent++;
      } else {
        answers.check(connection.receive());
        answered++;
      }
    }
  }

  private void produce(long number) {
    ByteBuffer body = connection.begin(PRODUCE, PRODUCE_VERSION);
    body.putShort((short) -1).putShort((short) 1).putInt(TIMEOUT_MILLIS).putInt(1);
    LeanConnection.putString(body, "spread-" + number % topics);
    body.putInt(1).putInt((int) (number / topics % perTopic));
    body.putInt(batch.remaining()).put(batch.duplicate());
  }

  private static void checkProduced(ByteBuffer answer) {
    answer.getInt();
    LeanConnection.skipString(answer);
    answer.getLong();
    require(answer.getShort() == 0, "a batch");
  }

  /** Asks for the batch that the request of this number wrote. */
  private void fetch(long number) {
    ByteBuffer body = connection.begin(FETCH, FETCH_VERSION);
    body.putInt(-1).putInt(MAX_WAIT_MILLIS).putInt(1).putInt(BATCH_BYTES).put((byte) 0);
    body.putInt(0).putInt(-1).putInt(1);
    LeanConnection.putString(body, "spread-" + number % topics);
    long visit = number / topics / perTopic;
    body.putInt(1).putInt((int) (number / topics % perTopic)).putInt(-1);
    body.putLong(visit * inBatch).putLong(-1).putInt(BATCH_BYTES).putInt(0);
    LeanConnection.putString(body, "");
  }

  private static void checkFetched(ByteBuffer answer) {
    answer.getInt();
    require(answer.getShort() == 0, "a fetch");
    answer.position(answer.position() + 2 * Integer.BYTES);
    LeanConnection.skipString(answer);
    answer.getLong();
    require(answer.getShort() == 0, "a fetch of a partition");
    answer.position(answer.position() + 3 * Long.BYTES + 2 * Integer.BYTES);
    require(answer.getInt() > 0, "to give a batch that is there");
  }

  private static void require(boolean done, String what) {
    if (!done) {
      throw new IllegalStateException("the broker refused " + what);
    }
  }
}
