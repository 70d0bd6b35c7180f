package io.millrace.streams.connector;

import java.nio.ByteBuffer;

/**
 * Which partition a record goes to, as Kafka's own clients choose: by the murmur2 hash of its key,
 * so that a job and an ordinary producer put one key into one partition.
 */
final class KeyPartitioner {

  private static final int SEED = 0x9747b28c;
  private static final int MULTIPLIER = 0x5bd1e995;

  private KeyPartitioner() {}

  static int partition(ByteBuffer key, int partitions) {
    return (murmur2(key) & Integer.MAX_VALUE) % partitions;
  }

  private static int murmur2(ByteBuffer key) {
    int length = key.remaining();
    int at = key.position();
    int hash = SEED ^ length;
    int whole = length / 4 * 4;
    for (int i = 0; i < whole; i += 4) {
      int word =
          (key.get(at + i) & 0xff)
              | (key.get(at + i + 1) & 0xff) << 8
              | (key.get(at + i + 2) & 0xff) << 16
              | key.get(at + i + 3) << 24;
      word *= MULTIPLIER;
      word ^= word >>> 24;
      word *= MULTIPLIER;
      hash *= MULTIPLIER;
      hash ^= word;
    }
    int rest = length - whole;
    if (rest > 0) {
      for (int i = rest - 1; i >= 0; i--) {
        hash ^= (key.get(at + whole + i) & 0xff) << (8 * i);
      }
      hash *= MULTIPLIER;
    }
    hash ^= hash >>> 13;
    hash *= MULTIPLIER;
    return hash ^ hash >>> 15;
  }
}
