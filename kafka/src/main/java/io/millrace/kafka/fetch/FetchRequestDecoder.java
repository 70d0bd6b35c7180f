package io.millrace.kafka.fetch;

import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Fetch requests, versions 4 to 18. */
final class FetchRequestDecoder {

  private static final int LEAST_TOPIC_BYTES = 3;
  private static final int LEAST_PARTITION_BYTES = 16;

  private FetchRequestDecoder() {}

  /**
   * A request.
   *
   * @param maxWaitMillis how long it may wait for {@code minBytes}
   * @param readCommitted whether only records of finished transactions are wanted
   * @param sessionId 0 for none
   * @param sessionEpoch 0 to begin a session, -1 for none, else counted by the session
   * @param partitions in the order wanted; in a session only what has changed
   * @param forgotten partitions that leave the session
   */
  record FetchRequest(
      int maxWaitMillis,
      int minBytes,
      int maxBytes,
      boolean readCommitted,
      int sessionId,
      int sessionEpoch,
      List<FetchPartition> partitions,
      List<FetchPartition> forgotten) {}

  static boolean usesTopicIds(short version) {
    return version >= 13;
  }

  static FetchRequest decode(RequestReader in, short version) {
    if (version < 15) {
      in.int32(); // the replica's id: a follower is served like a consumer
    }
    int maxWaitMillis = in.int32();
    int minBytes = in.int32();
    int maxBytes = in.int32();
    boolean readCommitted = in.int8() != 0;
    int sessionId = version >= 7 ? in.int32() : 0;
    int sessionEpoch = version >= 7 ? in.int32() : -1;
    List<FetchPartition> partitions = new ArrayList<>();
    int topics = present(in.arrayLength(LEAST_TOPIC_BYTES));
    for (int i = 0; i < topics; i++) {
      topic(in, version, partitions);
    }
    List<FetchPartition> forgotten = new ArrayList<>();
    if (version >= 7) {
      int forgottenTopics = present(in.arrayLength(LEAST_TOPIC_BYTES));
      for (int i = 0; i < forgottenTopics; i++) {
        forgottenTopic(in, version, forgotten);
      }
    }
    if (version >= 11) {
      in.nullableString(); // the rack: this node has no other to send the client to
    }
    in.skipTags();
    return new FetchRequest(
        maxWaitMillis,
        minBytes,
        maxBytes,
        readCommitted,
        sessionId,
        sessionEpoch,
        partitions,
        forgotten);
  }

  private static void topic(RequestReader in, short version, List<FetchPartition> partitions) {
    String name = usesTopicIds(version) ? null : in.string();
    UUID id = usesTopicIds(version) ? in.uuid() : null;
    int count = present(in.arrayLength(LEAST_PARTITION_BYTES));
    for (int i = 0; i < count; i++) {
      int index = in.int32();
      int leaderEpoch = version >= 9 ? in.int32() : -1;
      long offset = in.int64();
      if (version >= 12) {
        in.int32(); // the epoch of the follower's last record
      }
      if (version >= 5) {
        in.int64(); // the follower's start offset
      }
      int maxBytes = in.int32();
      in.skipTags();
      partitions.add(new FetchPartition(name, id, index, leaderEpoch, offset, maxBytes));
    }
    in.skipTags();
  }

  private static void forgottenTopic(
      RequestReader in, short version, List<FetchPartition> forgotten) {
    String name = usesTopicIds(version) ? null : in.string();
    UUID id = usesTopicIds(version) ? in.uuid() : null;
    int count = present(in.arrayLength(4));
    for (int i = 0; i < count; i++) {
      forgotten.add(new FetchPartition(name, id, in.int32(), -1, 0, 0));
    }
    in.skipTags();
  }

  private static int present(int count) {
    if (count < 0) {
      throw new MalformedRequestException("an array that must be there is null");
    }
    return count;
  }
}
