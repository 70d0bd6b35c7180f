package io.millrace.broker.group.consumer;

import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.Collection;
import java.util.TreeSet;

/**
 * A hash of topics' ids and partitions (FNV-1a), by which a group notices that one of its topics
 * came, grew, went or was made anew.
 */
public final class TopicsHash {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private TopicsHash() {}

  /** Of those that there are among the names. */
  public static long of(Collection<String> names, TopicsImage image) {
    long hash = FNV_OFFSET;
    for (String each : new TreeSet<>(names)) {
      Shape topic = image.shape(each);
      if (topic != null) {
        hash = mixed(hash, topic.id().getMostSignificantBits());
        hash = mixed(hash, topic.id().getLeastSignificantBits());
        hash = mixed(hash, topic.partitions());
      }
    }
    return hash;
  }

  private static long mixed(long hash, long value) {
    long mixed = hash;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      mixed = (mixed ^ ((value >>> shift) & 0xff)) * FNV_PRIME;
    }
    return mixed;
  }
}
