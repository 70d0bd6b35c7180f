package io.millrace.bench.kafka;

import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Many partitions: topics of one hundred each.
 *
 * @param topics their names, in order
 */
record PartitionSet(List<String> topics) {

  static final int PARTITIONS_PER_TOPIC = 100;

  private static final short FETCH = 1;
  private static final short FETCH_VERSION = 11;
  private static final short METADATA = 3;
  private static final short METADATA_VERSION = 1;
  private static final int ALL_TOPICS = -1;
  private static final int FETCH_BYTES_PER_PARTITION = 32;
  private static final int MAX_BYTES = 1 << 20;

  /** Kafka's controller refuses a request that makes more than 10,000 metadata records. */
  private static final int TOPICS_PER_REQUEST = 10;

  private static final long RETRY_MILLIS = 5;

  /** Of so many partitions, a multiple of one hundred. */
  static PartitionSet of(int partitions) {
    return new PartitionSet(
        IntStream.range(0, partitions / PARTITIONS_PER_TOPIC)
            .mapToObj("many-%03d"::formatted)
            .toList());
  }

  int partitions() {
    return topics.size() * PARTITIONS_PER_TOPIC;
  }

  /** Makes all topics by the admin client, request after request. */
  void create(Server server) throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", server.bootstrap(),
                "request.timeout.ms", "300000",
                "default.api.timeout.ms", "300000"))) {
      for (int from = 0; from < topics.size(); from += TOPICS_PER_REQUEST) {
        admin
            .createTopics(
                topics.subList(from, Math.min(topics.size(), from + TOPICS_PER_REQUEST)).stream()
                    .map(topic -> new NewTopic(topic, PARTITIONS_PER_TOPIC, (short) 1))
                    .toList())
            .all()
            .get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the topics could not be made: " + e.getCause(), e);
    }
  }

  /** Waits until a Metadata answer names all of these partitions with a leader. */
  void awaitMetadata(Server server, Duration limit) throws InterruptedException {
    await(server, limit, this::metadataIsWhole);
  }

  /** Waits until one fetch of all of these partitions is answered without an error in any. */
  void awaitServed(Server server, Duration limit) throws InterruptedException {
    await(server, limit, this::fetchIsWhole);
  }

  private interface Attempt {
    boolean succeeds(LeanConnection connection) throws IOException;
  }

  private void await(Server server, Duration limit, Attempt attempt) throws InterruptedException {
    long began = System.nanoTime();
    while (System.nanoTime() - began < limit.toNanos()) {
      server.requireAlive();
      try (LeanConnection connection =
          new LeanConnection(
              server.kafkaPort(), 4096 + partitions() * FETCH_BYTES_PER_PARTITION * 2)) {
        if (attempt.succeeds(connection)) {
          return;
        }
      } catch (IOException notYet) {
        server.requireAlive();
      }
      Thread.sleep(RETRY_MILLIS);
    }
    throw new IllegalStateException("the server did not serve all partitions within " + limit);
  }

  private boolean metadataIsWhole(LeanConnection connection) throws IOException {
    connection.begin(METADATA, METADATA_VERSION).putInt(ALL_TOPICS);
    connection.send();
    ByteBuffer answer = connection.receive();
    for (int brokers = answer.getInt(); brokers > 0; brokers--) {
      answer.getInt();
      LeanConnection.skipString(answer);
      answer.getInt();
      LeanConnection.skipString(answer);
    }
    answer.getInt();
    int led = 0;
    for (int left = answer.getInt(); left > 0; left--) {
      answer.getShort();
      LeanConnection.skipString(answer);
      boolean internal = answer.get() != 0;
      for (int partitions = answer.getInt(); partitions > 0; partitions--) {
        short error = answer.getShort();
        answer.getInt();
        int leader = answer.getInt();
        skipInts(answer);
        skipInts(answer);
        if (!internal && error == 0 && leader >= 0) {
          led++;
        }
      }
    }
    return led >= partitions();
  }

  private static void skipInts(ByteBuffer answer) {
    int count = answer.getInt();
    answer.position(answer.position() + count * Integer.BYTES);
  }

  private boolean fetchIsWhole(LeanConnection connection) throws IOException {
    ByteBuffer body = connection.begin(FETCH, FETCH_VERSION);
    body.putInt(-1).putInt(0).putInt(0).putInt(MAX_BYTES).put((byte) 0);
    body.putInt(0).putInt(-1);
    body.putInt(topics.size());
    for (String topic : topics) {
      LeanConnection.putString(body, topic);
      body.putInt(PARTITIONS_PER_TOPIC);
      for (int partition = 0; partition < PARTITIONS_PER_TOPIC; partition++) {
        body.putInt(partition).putInt(-1).putLong(0).putLong(-1).putInt(MAX_BYTES);
      }
    }
    body.putInt(0);
    LeanConnection.putString(body, "");
    connection.send();
    ByteBuffer answer = connection.receive();
    answer.getInt();
    if (answer.getShort() != 0) {
      return false;
    }
    answer.getInt();
    int served = 0;
    for (int left = answer.getInt(); left > 0; left--) {
      LeanConnection.skipString(answer);
      for (int partitions = answer.getInt(); partitions > 0; partitions--) {
        answer.getInt();
        served += answer.getShort() == 0 ? 1 : 0;
        answer.position(answer.position() + 3 * Long.BYTES);
        int aborted = Math.max(0, answer.getInt());
        answer.position(answer.position() + aborted * 2 * Long.BYTES + Integer.BYTES);
        int length = Math.max(0, answer.getInt());
        answer.position(answer.position() + length);
      }
    }
    return served == partitions();
  }
}
