package io.millrace.console.metrics;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Topics and partitions. The number of time series is bounded: topics beyond the first {@value
 * #MOST_TOPICS} by name are added up under {@value #OTHERS}, and partitions have series of their
 * own only while there are at most {@value #MOST_PARTITIONS} of them on the node.
 */
final class BrokerCollector implements MultiCollector {

  private static final int MOST_TOPICS = 500;
  private static final int MOST_PARTITIONS = 500;
  private static final String OTHERS = "_others";

  private final Topics topics;

  BrokerCollector(Topics topics) {
    this.topics = topics;
  }

  @Override
  public MetricSnapshots collect() {
    Collection<Topic> all = topics.all();
    int partitions = all.stream().mapToInt(topic -> topic.partitions().size()).sum();
    Families families = new Families();
    families.gauge("millrace_broker_topics", "Topics, internal ones included", all.size());
    families.gauge("millrace_broker_partitions", "Partitions of all topics", partitions);
    List<Topic> sorted = all.stream().sorted(Comparator.comparing(Topic::name)).toList();
    long otherRecords = 0;
    long otherBytes = 0;
    for (int i = 0; i < sorted.size(); i++) {
      Topic topic = sorted.get(i);
      long records = topic.partitions().stream().mapToLong(Partition::endOffset).sum();
      long bytes = topic.partitions().stream().mapToLong(Partition::sizeBytes).sum();
      if (i < MOST_TOPICS) {
        add(families, topic.name(), records, bytes);
      } else {
        otherRecords += records;
        otherBytes += bytes;
      }
      if (partitions <= MOST_PARTITIONS) {
        topic.partitions().forEach(partition -> add(families, topic.name(), partition));
      }
    }
    if (sorted.size() > MOST_TOPICS) {
      add(families, OTHERS, otherRecords, otherBytes);
    }
    return families.build();
  }

  private static void add(Families families, String topic, long records, long bytes) {
    families.counter(
        "millrace_broker_topic_records", "Offsets given out to records", records, "topic", topic);
    families.gauge(
        "millrace_broker_topic_size_bytes", "Bytes in the topic's logs", bytes, "topic", topic);
  }

  private static void add(Families families, String topic, Partition partition) {
    String number = Integer.toString(partition.id().partition());
    families.gauge(
        "millrace_broker_partition_start_offset",
        "First offset that can be read",
        partition.startOffset(),
        "topic",
        topic,
        "partition",
        number);
    families.gauge(
        "millrace_broker_partition_high_watermark",
        "Offset after the last record that consumers may see",
        partition.highWatermark(),
        "topic",
        topic,
        "partition",
        number);
    families.gauge(
        "millrace_broker_partition_end_offset",
        "Offset that the next record will get",
        partition.endOffset(),
        "topic",
        topic,
        "partition",
        number);
  }
}
