package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetForgotten;
import io.millrace.broker.topic.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Offsets that open transactions have committed: they count once the transaction's marker is
 * written to the shard's partition. Confined to the shard's mailbox.
 *
 * <p>Of two commits of the same offset the one that stands later in the log wins, as it does in
 * compaction, whichever transaction ends first; so what a later one has overtaken is dropped here.
 */
final class PendingOffsets {

  private record Key(String group, TopicPartition partition) {}

  private record Pending(long order, OffsetCommitted offset) {}

  private final Map<Long, Map<Key, Pending>> byProducer = new LinkedHashMap<>();
  private long nextOrder;

  /** A producer has committed an offset in its open transaction. */
  void add(long producerId, OffsetCommitted offset) {
    byProducer
        .computeIfAbsent(producerId, unused -> new LinkedHashMap<>())
        .put(new Key(offset.group(), offset.partition()), new Pending(nextOrder++, offset));
  }

  /** The producer's transaction has ended: returns the offsets that count from now on. */
  List<OffsetCommitted> end(long producerId, boolean commit) {
    Map<Key, Pending> ended = byProducer.remove(producerId);
    if (ended == null || !commit) {
      return List.of();
    }
    List<OffsetCommitted> committed = new ArrayList<>(ended.size());
    ended.forEach(
        (key, pending) -> {
          overtaken(key, pending.order());
          committed.add(pending.offset());
        });
    return committed;
  }

  /** A record outside of transactions has overtaken what is pending for its key. */
  void overtaken(GroupRecord by) {
    if (byProducer.isEmpty()) {
      return;
    }
    switch (by) {
      case OffsetCommitted offset ->
          overtaken(new Key(offset.group(), offset.partition()), nextOrder);
      case OffsetForgotten offset ->
          overtaken(new Key(offset.group(), offset.partition()), nextOrder);
      default -> {}
    }
  }

  private void overtaken(Key key, long before) {
    for (Iterator<Map<Key, Pending>> each = byProducer.values().iterator(); each.hasNext(); ) {
      Map<Key, Pending> offsets = each.next();
      Pending pending = offsets.get(key);
      if (pending != null && pending.order() < before) {
        offsets.remove(key);
        if (offsets.isEmpty()) {
          each.remove();
        }
      }
    }
  }

  /** Partitions of a group whose offsets an open transaction may change. */
  Set<TopicPartition> of(String group) {
    Set<TopicPartition> partitions = new HashSet<>();
    for (Map<Key, Pending> offsets : byProducer.values()) {
      for (Key key : offsets.keySet()) {
        if (key.group().equals(group)) {
          partitions.add(key.partition());
        }
      }
    }
    return partitions;
  }
}
