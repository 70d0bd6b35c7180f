package io.millrace.cdn.topic;

/** The partition of a key as Kafka's own clients choose it: murmur2 of the key's bytes. */
final class KeyPartitioner {

  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;

  private KeyPartitioner() {}

  static int partition(byte[] key, int partitions) {
    return (murmur2(key) & 0x7fffffff) % partitions;
  }

  private static int murmur2(byte[] data) {
    int length = data.length;
    int h = SEED ^ length;
    int words = length / 4;
    for (int i = 0; i < words; i++) {
      int at = i * 4;
      int k =
          (data[at] & 0xff)
              | (data[at + 1] & 0xff) << 8
              | (data[at + 2] & 0xff) << 16
              | (data[at + 3] & 0xff) << 24;
      k *= M;
      k ^= k >>> 24;
      k *= M;
      h *= M;
      h ^= k;
    }
    int tail = words * 4;
    int left = length - tail;
    if (left > 2) {
      h ^= (data[tail + 2] & 0xff) << 16;
    }
    if (left > 1) {
      h ^= (data[tail + 1] & 0xff) << 8;
    }
    if (left > 0) {
      h ^= data[tail] & 0xff;
      h *= M;
    }
    h ^= h >>> 13;
    h *= M;
    h ^= h >>> 15;
    return h;
  }
}
