package io.millrace.kafka.share;

import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.SharePartitionKey;
import io.millrace.broker.group.share.SharePartitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a member of a share group reads, remembered between its requests, and the one that its locks
 * belong to. Confined to the connection's event loop.
 */
final class ShareSession {

  private final String group;
  private final long owner;
  private final LinkedHashSet<TopicIdPartition> partitions = new LinkedHashSet<>();
  private final Set<SharePartitionKey> locked = new LinkedHashSet<>();
  private int nextEpoch = 1;

  /**
   * @param owner a number that no other session of this node has had
   */
  ShareSession(String group, long owner) {
    this.group = group;
    this.owner = owner;
  }

  String group() {
    return group;
  }

  long owner() {
    return owner;
  }

  /** The epoch that the next request must have. */
  int nextEpoch() {
    return nextEpoch;
  }

  /** A request in the session has been taken. */
  void advance() {
    nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
  }

  /** Takes over what a request changes. */
  void change(Collection<TopicIdPartition> added, Collection<TopicIdPartition> forgotten) {
    partitions.addAll(added);
    forgotten.forEach(partitions::remove);
  }

  /** In the order in which they are to be served. */
  List<TopicIdPartition> partitions() {
    return new ArrayList<>(partitions);
  }

  int size() {
    return partitions.size();
  }

  /** Has been served: others come first next time. */
  void moveToEnd(TopicIdPartition served) {
    if (partitions.remove(served)) {
      partitions.add(served);
    }
  }

  /** The partition as its group sees it. */
  SharePartitionKey key(TopicIdPartition partition) {
    return new SharePartitionKey(group, partition.topicId(), partition.partition());
  }

  /** Records of the partition are about to be locked. */
  void mayLock(SharePartitionKey key) {
    locked.add(key);
  }

  /** Gives back all that is locked. */
  List<CompletionStage<Void>> release(SharePartitions shares) {
    List<CompletionStage<Void>> released = new ArrayList<>();
    for (SharePartitionKey key : locked) {
      released.add(shares.release(key, owner));
    }
    locked.clear();
    return released;
  }
}
