package io.millrace.streams.job;

import io.millrace.broker.topic.TopicPartition;
import io.millrace.streams.connector.OutgoingBatch;
import io.millrace.streams.connector.Source;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.StatefulOperator;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What an epoch's record says, in this order: which plan it is of, the producer, whether the job
 * finished, the output of the epoch, the sinks' sequence numbers, the sources' positions, the
 * operators' state. What is needed to decide comes first. One thread.
 */
final class EpochContent {

  private EpochContent() {}

  /** The part of an epoch that is read before the rest is. */
  record Head(String fingerprint, long producerId, boolean finished, List<OutgoingBatch> output) {}

  static void write(Head head, Dataflow dataflow, boolean whole, StateOutput out) {
    out.writeText(head.fingerprint());
    out.writeLong(head.producerId());
    out.writeByte(head.finished() ? 1 : 0);
    out.writeInt(head.output().size());
    for (OutgoingBatch batch : head.output()) {
      out.writeText(batch.partition().topic());
      out.writeInt(batch.partition().partition());
      out.writeBuffer(batch.bytes());
    }
    for (TopicSink sink : dataflow.topicSinks()) {
      sink.save(out);
    }
    for (Source source : dataflow.sources()) {
      source.save(out);
    }
    for (StatefulOperator operator : dataflow.stateful()) {
      operator.save(out, whole);
    }
  }

  static Head readHead(StateInput in) {
    String fingerprint = in.readText();
    long producerId = in.readLong();
    boolean finished = in.readByte() != 0;
    int count = in.readCount();
    List<OutgoingBatch> output = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String topic = in.readText();
      int partition = in.readInt();
      output.add(
          new OutgoingBatch(new TopicPartition(topic, partition), ByteBuffer.wrap(in.readBytes())));
    }
    return new Head(fingerprint, producerId, finished, output);
  }

  /** Reads the sequence numbers, after the head. */
  static void readSequences(Dataflow dataflow, StateInput in) {
    for (TopicSink sink : dataflow.topicSinks()) {
      sink.load(in);
    }
  }

  /** Reads positions and state, after the sequence numbers. */
  static void readState(Dataflow dataflow, boolean whole, StateInput in) {
    for (Source source : dataflow.sources()) {
      source.load(in);
    }
    for (StatefulOperator operator : dataflow.stateful()) {
      operator.load(in, whole);
    }
    if (in.left() != 0) {
      throw new JobException("The checkpoint has " + in.left() + " bytes more than it should");
    }
  }
}
