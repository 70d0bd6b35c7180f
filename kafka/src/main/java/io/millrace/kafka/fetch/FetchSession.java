package io.millrace.kafka.fetch;

import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedCollection;

/**
 * What a consumer reads, remembered between its requests, so that each one says only what has
 * changed (KIP-227). A session belongs to the connection that began it: it needs no lock, and it
 * goes when the connection goes; a client that comes back is told that the session is unknown, and
 * begins another.
 *
 * <p>Confined to the connection's event loop.
 */
final class FetchSession {

  private final int id;
  private final boolean byTopicId;
  private final LinkedHashMap<FetchPartition, FetchPartition> partitions = new LinkedHashMap<>();
  private int nextEpoch = 1;

  FetchSession(int id, boolean byTopicId, List<FetchPartition> partitions) {
    this.id = id;
    this.byTopicId = byTopicId;
    for (FetchPartition partition : partitions) {
      this.partitions.put(partition, partition);
    }
  }

  int id() {
    return id;
  }

  /** Whether it names topics by id; a request that does otherwise does not fit. */
  boolean byTopicId() {
    return byTopicId;
  }

  /** The epoch that the next request must have. */
  int nextEpoch() {
    return nextEpoch;
  }

  int size() {
    return partitions.size();
  }

  /** Takes over what a request changes. */
  void apply(FetchRequest request) {
    nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
    for (FetchPartition asked : request.partitions()) {
      FetchPartition known = partitions.get(asked);
      if (known != null) {
        known.moveTo(asked);
      } else {
        partitions.put(asked, asked);
      }
    }
    request.forgotten().forEach(partitions::remove);
  }

  /** In the order in which they are to be served. */
  SequencedCollection<FetchPartition> partitions() {
    return partitions.sequencedKeySet();
  }

  /** Has been served: others come first next time. */
  void moveToEnd(FetchPartition served) {
    partitions.putLast(served, served);
  }
}
