package io.millrace.streams.checkpoint;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.log.Durability;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.streams.connector.Blocking;
import io.millrace.streams.connector.OutgoingBatch;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job's checkpoints as records of its internal topic. An epoch is one or more parts of bounded
 * size; it counts once its last part is there, so a write that was cut off is as if it had not
 * begun. Used by the job's thread only.
 */
public final class CheckpointLog {

  private static final int READ_BYTES = 1024 * 1024;

  private final Partition partition;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);

  private CheckpointLog(Partition partition) {
    this.partition = partition;
  }

  /** Opens a job's checkpoints; makes the topic when it is missing. Blocks for that. */
  public static CheckpointLog open(Broker broker, String job, Durability durability) {
    String name = CheckpointTopic.nameFor(job);
    Topic topic = broker.topics().find(name);
    String failing = "The topic " + name + ", which keeps the job's checkpoints, cannot be made";
    if (topic == null) {
      topic =
          Blocking.get(
              broker.topics().create(new NewTopic(name, 1, CheckpointTopic.settings(durability))),
              failing);
    } else if (topic.settings().log().durability() != durability) {
      String setting = CheckpointTopic.settings(durability).get("durability");
      topic =
          Blocking.get(
              broker
                  .topics()
                  .configure(name, Map.of("durability", Objects.requireNonNull(setting))),
              failing);
    }
    return new CheckpointLog(topic.partitions().getFirst());
  }

  // ---- writing ----

  /**
   * Begins an epoch.
   *
   * @param full takes each part but the last as it is finished, to be appended in order
   */
  public EpochWriter begin(long epoch, boolean whole, Consumer<OutgoingBatch> full) {
    return new EpochWriter(epoch, whole, full);
  }

  /** One epoch as it is written. */
  public final class EpochWriter {
    private final long epoch;
    private final boolean whole;
    private final StateOutput output;
    private int part;

    private EpochWriter(long epoch, boolean whole, Consumer<OutgoingBatch> full) {
      this.epoch = epoch;
      this.whole = whole;
      output =
          new StateOutput(
              CheckpointTopic.PART_BYTES,
              chunk -> full.accept(batch(new EpochPart(epoch, part++, false, whole), chunk)));
    }

    /** Takes the content. */
    public StateOutput output() {
      return output;
    }

    /** The last part, to be appended after all others. */
    public OutgoingBatch end() {
      return batch(new EpochPart(epoch, part, true, whole), output.finish());
    }
  }

  private OutgoingBatch batch(EpochPart part, ByteBuffer chunk) {
    builder.add(0, part.encode(), chunk, List.of());
    return new OutgoingBatch(partition.id(), builder.build());
  }

  /** Deletes what lies before a whole epoch that is complete. */
  public void deleteBefore(long offset) {
    partition.deleteBefore(offset);
  }

  // ---- reading ----

  /** Takes the epochs of a log, one after the other. */
  @FunctionalInterface
  public interface EpochReader {
    /** A whole epoch, or one that changes the last one taken. */
    void epoch(long epoch, boolean whole, StateInput content);
  }

  /**
   * Reads every complete epoch that follows from a whole one.
   *
   * @return the number of the last one, or 0 when there is none
   */
  public long load(EpochReader reader) {
    Loader loader = new Loader(reader);
    long offset = partition.startOffset();
    try (RecordCursor cursor = RecordCursor.create()) {
      while (offset < partition.highWatermark()) {
        ByteBuffer batches = read(offset);
        int last = batches.position();
        for (int at = last; at < batches.limit(); ) {
          last = at;
          at += RecordBatchView.sizeBytes(batches, at);
        }
        long past = RecordBatchView.lastOffset(batches, last) + 1;
        cursor.reset(batches, offset);
        while (cursor.next()) {
          EpochPart part = EpochPart.decode(cursor.key());
          ByteBuffer value = cursor.value();
          if (part != null && value != null) {
            loader.take(part, value);
          }
        }
        offset = past;
      }
    }
    return loader.lastEpoch;
  }

  private ByteBuffer read(long offset) {
    try (LogSlice slice = partition.read(offset, READ_BYTES)) {
      ByteBuffer batches = ByteBuffer.allocate(slice.length());
      slice.copyTo(batches);
      return batches.flip();
    } catch (BrokerException e) {
      throw new JobException("The checkpoints cannot be read: " + e.getMessage(), e);
    }
  }

  /** Puts parts together, and leaves out what is incomplete or repeated. */
  private static final class Loader {
    private final EpochReader reader;
    private final List<ByteBuffer> parts = new ArrayList<>();
    private @Nullable EpochPart open;
    private long lastEpoch;

    Loader(EpochReader reader) {
      this.reader = reader;
    }

    void take(EpochPart part, ByteBuffer value) {
      EpochPart before = open;
      if (part.part() == 0) {
        parts.clear();
      } else if (before == null
          || part.epoch() != before.epoch()
          || part.part() != before.part() + 1) {
        // A part that came twice, or whose beginning was cut off.
        return;
      }
      open = part;
      ByteBuffer copy = ByteBuffer.allocate(value.remaining());
      parts.add(copy.put(value.duplicate()).flip());
      if (part.last()) {
        complete(part);
        parts.clear();
        open = null;
      }
    }

    private void complete(EpochPart part) {
      if (part.whole() || (lastEpoch > 0 && part.epoch() == lastEpoch + 1)) {
        reader.epoch(part.epoch(), part.whole(), new StateInput(parts));
        lastEpoch = part.epoch();
      }
    }
  }
}
