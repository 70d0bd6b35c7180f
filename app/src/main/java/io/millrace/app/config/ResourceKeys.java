package io.millrace.app.config;

import java.util.List;

/** What the node must not run out of: past these limits all who publish or produce wait. */
public final class ResourceKeys {

  public static final Key<Integer> MEMORY_HIGH_WATERMARK =
      new Key<>(
          "resources.memory-high-watermark",
          Kind.count(1, 90),
          "40",
          "Percent of the heap that the messages of queues may take in memory. Past it publishers"
              + " are told `connection.blocked`, and Kafka's producers are throttled.");
  public static final Key<Long> DISK_FREE_LIMIT =
      new Key<>(
          "resources.disk-free-limit",
          Kind.bytesTo(1L << 60),
          "50MiB",
          "How much of the data folder's disk is to stay free; with less the same happens.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL = List.of(MEMORY_HIGH_WATERMARK, DISK_FREE_LIMIT);

  private ResourceKeys() {}
}
