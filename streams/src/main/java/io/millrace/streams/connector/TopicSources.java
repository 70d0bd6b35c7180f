package io.millrace.streams.connector;

import io.millrace.broker.Broker;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.log.TimestampOffset;
import io.millrace.streams.connector.PartitionReader.OutOfRange;
import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.ExpressionCompiler;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.PlanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the topics that a job reads, and decides where reading starts. */
public final class TopicSources {

  private final Broker broker;
  private final NodeAddresses addresses;

  /** For a node that clients know under these addresses. */
  public TopicSources(Broker broker, NodeAddresses addresses) {
    this.broker = broker;
    this.addresses = addresses;
  }

  /**
   * Opens the source of a scan. Blocks for committed offsets.
   *
   * @param threads how many may read and decode; with 1 the job's own thread does
   * @param compiler makes an expression compiler for one thread
   */
  public PartitionedSource open(
      PlanNode.Scan scan,
      Connector.Kafka options,
      int threads,
      Supplier<ExpressionCompiler> compiler,
      TopicSource.Context context,
      Stage next) {
    addresses.check(scan.table(), options);
    Topic topic = broker.topics().find(options.topic());
    if (topic == null) {
      throw new JobException(
          "Table "
              + scan.table()
              + " reads topic "
              + options.topic()
              + ", which does not exist; create it first");
    }
    Map<TopicPartition, CommittedOffset> committed = committed(scan, options, topic);
    OutOfRange outOfRange = outOfRange(scan, options);
    List<PartitionReader> readers = new ArrayList<>();
    for (Partition partition : topic.partitions()) {
      PartitionReader reader = new PartitionReader(partition, outOfRange);
      reader.nextOffset = startOffset(options, partition, committed.get(partition.id()));
      if (options.boundedByLatest()) {
        reader.endOffset = partition.highWatermark();
      }
      readers.add(reader);
    }
    SourceThread.Opener opener =
        (own, ownContext, ownNext) -> {
          Evaluator eventTime =
              scan.watermark().map(spec -> compiler.get().compile(spec.expression())).orElse(null);
          return new TopicSource(scan, options, own, eventTime, ownContext, ownNext);
        };
    int used = Math.min(threads, readers.size());
    return used > 1
        ? new ParallelTopicSource(scan, options, readers, used, opener, context, next)
        : opener.open(readers, context, next);
  }

  private Map<TopicPartition, CommittedOffset> committed(
      PlanNode.Scan scan, Connector.Kafka options, Topic topic) {
    if (options.startup() != Connector.StartupMode.GROUP_OFFSETS) {
      return Map.of();
    }
    String group = options.properties().get("group.id");
    if (group == null) {
      throw new JobException(
          "Table "
              + scan.table()
              + " starts at a group's offsets; 'properties.group.id' has to name the group");
    }
    List<TopicPartition> partitions = topic.partitions().stream().map(Partition::id).toList();
    return Blocking.get(
        broker.groups().committed(group, partitions),
        "The offsets of group " + group + " cannot be read");
  }

  private static long startOffset(
      Connector.Kafka options, Partition partition, @Nullable CommittedOffset committed) {
    return switch (options.startup()) {
      case EARLIEST -> partition.startOffset();
      case LATEST -> partition.highWatermark();
      case GROUP_OFFSETS -> committed == null ? partition.startOffset() : committed.offset();
      case TIMESTAMP ->
          partition
              .firstAtOrAfter(options.startupTimestampMillis())
              .map(TimestampOffset::offset)
              .orElse(partition.highWatermark());
    };
  }

  private static OutOfRange outOfRange(PlanNode.Scan scan, Connector.Kafka options) {
    String reset = options.properties().getOrDefault("auto.offset.reset", "none");
    return switch (reset) {
      case "none" -> OutOfRange.FAIL;
      case "earliest" -> OutOfRange.EARLIEST;
      case "latest" -> OutOfRange.LATEST;
      default ->
          throw new JobException(
              "Table "
                  + scan.table()
                  + " has 'properties.auto.offset.reset' = '"
                  + reset
                  + "'; allowed: "
                  + "none, earliest, latest");
    };
  }
}
