package io.millrace.bench.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/**
 * Sends the same ready-made record batch over and over, a batch for each partition in a request and
 * five requests in flight: what the broker alone can take, since the Java client's own work fills a
 * core long before a broker's.
 */
final class LeanProducer implements AutoCloseable {

  private static final short PRODUCE = 0;
  private static final short PRODUCE_VERSION = 8;
  private static final int IN_FLIGHT = 5;
  private static final int BATCH_BYTES = 16 * 1024;
  private static final int HEADER_BYTES = 4096;
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int RETRY_MILLIS = 20;
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(60);

  /** The partition is not known yet, has no leader yet, or this node does not know that it is. */
  private static final Set<Short> NOT_YET = Set.of((short) 3, (short) 5, (short) 6);

  private final Target target;
  private final short acks;
  private final ByteBuffer batch;
  private final int recordsInBatch;
  private final LeanConnection connection;
  private boolean taken;

  /**
   * @param acks 1 or -1, as on the wire
   * @param recordBytes the size of each record's value
   */
  LeanProducer(Target target, short acks, int recordBytes) throws IOException {
    this.target = target;
    this.acks = acks;
    MemoryRecordsBuilder builder =
        MemoryRecords.builder(
            ByteBuffer.allocate(BATCH_BYTES), Compression.NONE, TimestampType.CREATE_TIME, 0);
    byte[] value = new byte[recordBytes];
    ThreadLocalRandom.current().nextBytes(value);
    long now = System.currentTimeMillis();
    int records = 0;
    while (builder.hasRoomFor(now, null, value, new org.apache.kafka.common.header.Header[0])) {
      builder.append(now, null, value);
      records++;
    }
    this.recordsInBatch = records;
    this.batch = builder.build().buffer();
    this.connection =
        new LeanConnection(
            target.server().kafkaPort(), HEADER_BYTES + target.partitions() * (BATCH_BYTES + 64));
  }

  /**
   * Sends at least so many records, waits for all answers, and returns how many it were. The first
   * call sends a request before these until it is taken: Metadata names the leaders of a new topic
   * before all of them take records.
   */
  long send(long atLeast) throws IOException, InterruptedException {
    if (!taken) {
      awaitTaken();
      taken = true;
    }
    long sent = 0;
    int unanswered = 0;
    while (sent < atLeast || unanswered > 0) {
      if (sent < atLeast && unanswered < IN_FLIGHT) {
        sendRequest();
        sent += (long) recordsInBatch * target.partitions();
        unanswered++;
      } else {
        requireNoError(error(connection.receive()));
        unanswered--;
      }
    }
    return sent;
  }

  private void sendRequest() throws IOException {
    ByteBuffer body = connection.begin(PRODUCE, PRODUCE_VERSION);
    body.putShort((short) -1).putShort(acks).putInt(TIMEOUT_MILLIS);
    body.putInt(1);
    LeanConnection.putString(body, target.topic());
    body.putInt(target.partitions());
    for (int partition = 0; partition < target.partitions(); partition++) {
      body.putInt(partition).putInt(batch.remaining());
      body.put(batch.duplicate());
    }
    connection.send();
  }

  private void awaitTaken() throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (true) {
      sendRequest();
      short error = error(connection.receive());
      if (!NOT_YET.contains(error) || System.nanoTime() - began > LEADER_LIMIT.toNanos()) {
        requireNoError(error);
        return;
      }
      Thread.sleep(RETRY_MILLIS);
    }
  }

  private static void requireNoError(short error) {
    if (error != 0) {
      throw new IllegalStateException("the broker refused a batch with error " + error);
    }
  }

  /** The first error of a response; 0 for none. */
  private static short error(ByteBuffer response) {
    int topics = response.getInt();
    for (int topic = 0; topic < topics; topic++) {
      LeanConnection.skipString(response);
      int partitions = response.getInt();
      for (int partition = 0; partition < partitions; partition++) {
        response.getInt();
        short error = response.getShort();
        if (error != 0) {
          return error;
        }
        response.position(response.position() + 3 * Long.BYTES);
        if (response.getInt() > 0) {
          throw new IllegalStateException("the broker refused records of a batch");
        }
        LeanConnection.skipString(response);
      }
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
