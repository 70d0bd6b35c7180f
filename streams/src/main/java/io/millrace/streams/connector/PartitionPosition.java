package io.millrace.streams.connector;

import io.millrace.streams.operator.JobException;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a partition was read, as a checkpoint keeps it.
 *
 * @param nextOffset of the next record
 * @param endOffset at which reading ends, or {@link Long#MAX_VALUE}
 * @param watermark the partition's own
 */
record PartitionPosition(int partition, long nextOffset, long endOffset, long watermark) {

  static void save(List<PartitionPosition> positions, StateOutput out) {
    out.writeInt(positions.size());
    for (PartitionPosition position : positions) {
      out.writeInt(position.partition);
      out.writeLong(position.nextOffset);
      out.writeLong(position.endOffset);
      out.writeLong(position.watermark);
    }
  }

  /**
   * Reads what was saved.
   *
   * @param partitions how many the topic has
   * @throws JobException when one was read that the topic has no more
   */
  static List<PartitionPosition> load(StateInput in, String topic, int partitions) {
    int count = in.readCount();
    List<PartitionPosition> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PartitionPosition position =
          new PartitionPosition(in.readInt(), in.readLong(), in.readLong(), in.readLong());
      if (position.partition < 0 || position.partition >= partitions) {
        throw new JobException(
            "The checkpoint has read partition "
                + position.partition
                + " of topic "
                + topic
                + ", which has only "
                + partitions
                + " now");
      }
      positions.add(position);
    }
    return positions;
  }
}
