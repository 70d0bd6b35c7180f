package io.millrace.broker.group.share;

import java.util.List;

/** A fact in {@code __share_group_state}. */
sealed interface ShareStateRecord {

  /** What it is about. */
  SharePartitionKey key();

  /**
   * All that is stored of a share-partition; what was stored before counts no more.
   *
   * @param snapshotEpoch counts the snapshots
   * @param stateEpoch counts how often an administrator has set the start offset
   * @param start all records before it are done
   * @param finished records from there on that are done
   */
  record Snapshot(
      SharePartitionKey key,
      int snapshotEpoch,
      int stateEpoch,
      int leaderEpoch,
      long start,
      int finished,
      long createMillis,
      long writeMillis,
      List<StateBatch> batches)
      implements ShareStateRecord {

    /** Takes a copy. */
    public Snapshot {
      batches = List.copyOf(batches);
    }
  }

  /** What has changed since the last snapshot, or since the last change. */
  record Update(
      SharePartitionKey key,
      int snapshotEpoch,
      int leaderEpoch,
      long start,
      int finished,
      List<StateBatch> batches)
      implements ShareStateRecord {

    /** Takes a copy. */
    public Update {
      batches = List.copyOf(batches);
    }
  }

  /** The group or the topic has gone: a tombstone. */
  record Forgotten(SharePartitionKey key) implements ShareStateRecord {}
}
