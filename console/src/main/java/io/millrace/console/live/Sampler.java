package io.millrace.console.live;

import io.millrace.broker.group.GroupCoordinator.GroupListing;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.console.ConsoleSources;
import io.millrace.console.api.GroupLag;
import io.millrace.console.api.ProcessFigures;
import io.millrace.console.api.Stages;
import io.millrace.console.live.Snapshot.GroupRate;
import io.millrace.console.live.Snapshot.KafkaRate;
import io.millrace.console.live.Snapshot.ProcessRate;
import io.millrace.console.live.Snapshot.TopicRate;
import io.millrace.console.live.Snapshot.Total;
import io.millrace.core.Clock;
import io.millrace.kafka.net.KafkaMetrics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots: reads the node's counters and compares them with those of the last time. One
 * thread at a time.
 */
final class Sampler {

  static final int MOST_TOPICS = 50;
  static final int MOST_GROUPS = 50;

  private final ConsoleSources sources;
  private final Clock clock;
  private final EdgeSampler edge;
  private final JobSampler jobs;
  private final Map<UUID, TopicCounters> topics = new HashMap<>();
  private final Rate kafkaIn = new Rate();
  private final Rate kafkaOut = new Rate();
  private final Rate cpu = new Rate();
  private final Rate collection = new Rate();
  private long lastNanos;
  private boolean began;

  /** The counters of a topic. */
  private record TopicCounters(Rate records, Rate bytes) {}

  Sampler(ConsoleSources sources, Clock clock) {
    this.sources = sources;
    this.clock = clock;
    this.edge = new EdgeSampler(sources.edge());
    this.jobs = new JobSampler(sources.jobs());
  }

  /**
   * A snapshot of now; all rates are 0 in the first one, and after a pause they are of all of it.
   */
  Snapshot sample() throws InterruptedException {
    long now = clock.nanos();
    double seconds = began ? (now - lastNanos) / 1e9 : 0;
    began = true;
    lastNanos = now;
    Collection<Topic> all = sources.broker().topics().all();
    List<TopicRate> rates = new ArrayList<>(all.size());
    Total total = topics(all, seconds, rates);
    return new Snapshot(
        clock.millis(),
        total,
        kafka(seconds),
        rates,
        groups(),
        jobs.sample(seconds, clock.millis()),
        edge.sample(seconds),
        process(seconds));
  }

  private Total topics(Collection<Topic> all, double seconds, List<TopicRate> rates) {
    int partitions = 0;
    double records = 0;
    double bytes = 0;
    long size = 0;
    Set<UUID> seen = new HashSet<>();
    for (Topic topic : all) {
      long end = 0;
      long topicSize = 0;
      for (Partition partition : topic.partitions()) {
        end += partition.endOffset();
        topicSize += partition.sizeBytes();
      }
      seen.add(topic.id());
      TopicCounters counters =
          topics.computeIfAbsent(topic.id(), id -> new TopicCounters(new Rate(), new Rate()));
      double recordRate = counters.records().perSecond(end, seconds);
      double byteRate = counters.bytes().perSecond(topicSize, seconds);
      partitions += topic.partitions().size();
      records += recordRate;
      bytes += byteRate;
      size += topicSize;
      if (!topic.internal()) {
        rates.add(new TopicRate(topic.name(), recordRate, byteRate));
      }
    }
    topics.keySet().retainAll(seen);
    rates.sort(
        Comparator.comparingDouble(TopicRate::recordsPerSecond)
            .reversed()
            .thenComparing(TopicRate::topic));
    if (rates.size() > MOST_TOPICS) {
      rates.subList(MOST_TOPICS, rates.size()).clear();
    }
    return new Total(all.size(), partitions, records, bytes, size);
  }

  private List<GroupRate> groups() throws InterruptedException {
    List<GroupRate> lags = new ArrayList<>();
    for (GroupListing group : Stages.await(sources.broker().groups().list())) {
      lags.add(
          new GroupRate(
              group.group(),
              GroupLag.total(
                  GroupLag.of(
                      Stages.await(sources.broker().groups().committed(group.group(), null)),
                      sources.broker().topics()))));
      if (lags.size() >= MOST_GROUPS) {
        break;
      }
    }
    lags.sort(Comparator.comparingLong(GroupRate::lag).reversed().thenComparing(GroupRate::group));
    return lags;
  }

  private @Nullable KafkaRate kafka(double seconds) {
    KafkaMetrics kafka = sources.kafka();
    return kafka == null
        ? null
        : new KafkaRate(
            kafkaIn.perSecond(kafka.bytesIn(), seconds),
            kafkaOut.perSecond(kafka.bytesOut(), seconds),
            kafka.connections());
  }

  private ProcessRate process(double seconds) {
    ProcessFigures figures = ProcessFigures.now();
    return new ProcessRate(
        cpu.perSecond(figures.cpuNanos(), seconds) / 1e9,
        figures.heapUsedBytes(),
        figures.heapCommittedBytes(),
        figures.residentBytes(),
        figures.threads(),
        collection.perSecond(figures.collectionMillis(), seconds));
  }
}
