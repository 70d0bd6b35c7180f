package io.millrace.bench.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Fetches whole topics and looks at nothing but the batches' headers, which it needs to know where
 * to go on: what the broker alone can give.
 */
final class LeanConsumer implements AutoCloseable {

  private static final short FETCH = 1;
  private static final short FETCH_VERSION = 11;
  private static final int MAX_WAIT_MILLIS = 500;
  private static final int MAX_BYTES = 50 << 20;
  private static final int MAX_PARTITION_BYTES = 1 << 20;
  private static final int REQUEST_BYTES = 64 * 1024;
  private static final int LAST_OFFSET_DELTA_AT = 23;
  private static final int BATCH_LENGTH_AT = 8;
  private static final int BATCH_OVERHEAD = 12;

  private final Target target;
  private final LeanConnection connection;
  private final long[] nextOffset;

  /** Starts at offset 0 of each partition. */
  LeanConsumer(Target target) throws IOException {
    this.target = target;
    this.nextOffset = new long[target.partitions()];
    this.connection = new LeanConnection(target.server().kafkaPort(), REQUEST_BYTES);
  }

  /** Reads at least so many records, and returns how many it were. */
  long read(long atLeast) throws IOException {
    long read = 0;
    while (read < atLeast) {
      sendRequest();
      read += readResponse(connection.receive());
    }
    return read;
  }

  private void sendRequest() throws IOException {
    ByteBuffer body = connection.begin(FETCH, FETCH_VERSION);
    body.putInt(-1).putInt(MAX_WAIT_MILLIS).putInt(1).putInt(MAX_BYTES).put((byte) 0);
    body.putInt(0).putInt(-1);
    body.putInt(1);
    LeanConnection.putString(body, target.topic());
    body.putInt(nextOffset.length);
    for (int partition = 0; partition < nextOffset.length; partition++) {
      body.putInt(partition).putInt(-1).putLong(nextOffset[partition]).putLong(-1);
      body.putInt(MAX_PARTITION_BYTES);
    }
    body.putInt(0);
    LeanConnection.putString(body, "");
    connection.send();
  }

  private long readResponse(ByteBuffer response) {
    response.getInt();
    requireNoError(response.getShort());
    response.getInt();
    long records = 0;
    int topics = response.getInt();
    for (int topic = 0; topic < topics; topic++) {
      LeanConnection.skipString(response);
      int partitions = response.getInt();
      for (int i = 0; i < partitions; i++) {
        records += readPartition(response);
      }
    }
    return records;
  }

  private long readPartition(ByteBuffer response) {
    int partition = response.getInt();
    requireNoError(response.getShort());
    response.position(response.position() + 3 * Long.BYTES);
    int aborted = Math.max(0, response.getInt());
    response.position(response.position() + aborted * 2 * Long.BYTES + Integer.BYTES);
    int length = Math.max(0, response.getInt());
    int end = response.position() + length;
    long before = nextOffset[partition];
    while (end - response.position() > LAST_OFFSET_DELTA_AT + Integer.BYTES) {
      int batch = response.position();
      int size = BATCH_OVERHEAD + response.getInt(batch + BATCH_LENGTH_AT);
      if (size > end - batch) {
        break;
      }
      nextOffset[partition] =
          response.getLong(batch) + response.getInt(batch + LAST_OFFSET_DELTA_AT) + 1;
      response.position(batch + size);
    }
    response.position(end);
    return nextOffset[partition] - before;
  }

  private static void requireNoError(short error) {
    if (error != 0) {
      throw new IllegalStateException("the broker refused a fetch with error " + error);
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
