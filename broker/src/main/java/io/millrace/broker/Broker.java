package io.millrace.broker;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.topic.Topics;

/** One node's broker: what the protocols and the stream jobs call. */
public interface Broker extends AutoCloseable {

  /** Topics and partitions. */
  Topics topics();

  /** Consumer groups and committed offsets. */
  GroupCoordinator groups();

  /** Gives out producer ids that no producer had before, also across restarts. */
  ProducerIds producerIds();

  /** Ends all work, writes clean-shutdown marks, and lets the data folder go. */
  @Override
  void close();
}
