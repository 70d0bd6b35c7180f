package io.millrace.console.api;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.http.Fields;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import io.millrace.log.LogConfig;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Topics: what there is, making, changing and deleting them. */
public final class TopicsApi {

  private final Topics topics;

  /** Over a broker's topics. */
  public TopicsApi(Topics topics) {
    this.topics = topics;
  }

  /** {@code /api/topics} and what is below it, but for messages. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("GET", "/api/topics", this::list),
        Endpoint.of("POST", "/api/topics", this::create),
        Endpoint.of("GET", "/api/topics/{topic}", this::describe),
        Endpoint.of("PATCH", "/api/topics/{topic}", this::change),
        Endpoint.of("DELETE", "/api/topics/{topic}", this::delete));
  }

  /** The answer of {@code GET /api/topics}. */
  record TopicList(List<TopicSummary> topics) {}

  /**
   * A topic in the list.
   *
   * @param records offsets between start and high watermark, over all partitions
   * @param retentionMillis -1 for no limit
   */
  record TopicSummary(
      String name,
      UUID id,
      boolean internal,
      int partitions,
      long records,
      long sizeBytes,
      String cleanupPolicy,
      long retentionMillis,
      String durability) {

    static TopicSummary of(Topic topic) {
      long records = 0;
      long size = 0;
      for (Partition partition : topic.partitions()) {
        records += Math.max(0, partition.highWatermark() - partition.startOffset());
        size += partition.sizeBytes();
      }
      LogConfig log = topic.settings().log();
      return new TopicSummary(
          topic.name(),
          topic.id(),
          topic.internal(),
          topic.partitions().size(),
          records,
          size,
          cleanup(log),
          millis(log.retentionAge()),
          lower(log.durability()));
    }
  }

  /** A topic with its partitions and settings. */
  record TopicDetail(
      TopicSummary summary,
      List<PartitionDetail> partitions,
      Map<String, String> settings,
      Map<String, Object> effective) {}

  /** A partition as it stands. */
  record PartitionDetail(
      int partition,
      int leaderEpoch,
      long startOffset,
      long highWatermark,
      long endOffset,
      long sizeBytes) {

    static PartitionDetail of(Partition partition) {
      return new PartitionDetail(
          partition.id().partition(),
          partition.leaderEpoch(),
          partition.startOffset(),
          partition.highWatermark(),
          partition.endOffset(),
          partition.sizeBytes());
    }
  }

  /** The body of {@code POST /api/topics}. */
  record Creation(
      @Nullable String name,
      @Nullable Integer partitions,
      @Nullable Map<String, String> settings) {}

  /** The body of {@code PATCH /api/topics/{topic}}. */
  record Change(@Nullable Integer partitions, @Nullable Map<String, @Nullable String> settings) {}

  private Answer list(Request request) {
    List<TopicSummary> all =
        topics.all().stream()
            .map(TopicSummary::of)
            .sorted(Comparator.comparing(TopicSummary::name))
            .toList();
    return Json.answer(200, new TopicList(all));
  }

  private Answer describe(Request request) {
    return Json.answer(200, detail(existing(topics, request.path("topic"))));
  }

  private Answer create(Request request) throws InterruptedException {
    Creation creation = Json.read(request, Creation.class);
    if (creation.name() == null) {
      throw new ProblemException(400, "The member \"name\" is missing: the name of the topic.");
    }
    Topic made =
        Stages.await(
            topics.create(
                new NewTopic(
                    creation.name(),
                    creation.partitions() == null ? -1 : creation.partitions(),
                    creation.settings() == null ? Map.of() : creation.settings())));
    return new Answer.Whole(
        201,
        Fields.of(
            "Content-Type",
            "application/json",
            "Cache-Control",
            "no-store",
            "Location",
            "/api/topics/" + made.name()),
        Json.bytes(detail(made)));
  }

  private Answer change(Request request) throws InterruptedException {
    Topic topic = existing(topics, request.path("topic"));
    refuseInternal(topic);
    Change change = Json.read(request, Change.class);
    if (change.settings() != null) {
      topic = Stages.await(topics.configure(topic.name(), change.settings()));
    }
    if (change.partitions() != null && change.partitions() != topic.partitions().size()) {
      topic = Stages.await(topics.addPartitions(topic.name(), change.partitions()));
    }
    return Json.answer(200, detail(topic));
  }

  private Answer delete(Request request) throws InterruptedException {
    Topic topic = existing(topics, request.path("topic"));
    refuseInternal(topic);
    Stages.await(topics.delete(topic.name()));
    return Answer.noContent();
  }

  private static void refuseInternal(Topic topic) {
    if (topic.internal()) {
      throw new ProblemException(
          409, "The topic " + topic.name() + " holds the broker's own state and stays as it is.");
    }
  }

  /**
   * The topic of that name.
   *
   * @throws ProblemException 404 when there is none
   */
  static Topic existing(Topics topics, String name) {
    Topic topic = topics.find(name);
    if (topic == null) {
      throw new ProblemException(404, "There is no topic \"" + name + "\".");
    }
    return topic;
  }

  private static TopicDetail detail(Topic topic) {
    return new TopicDetail(
        TopicSummary.of(topic),
        topic.partitions().stream().map(PartitionDetail::of).toList(),
        new TreeMap<>(topic.settings().given()),
        effective(topic));
  }

  /** What the settings come to, under Kafka's names. */
  private static Map<String, Object> effective(Topic topic) {
    LogConfig log = topic.settings().log();
    Map<String, Object> values = new TreeMap<>();
    values.put("cleanup.policy", cleanup(log));
    values.put("durability", lower(log.durability()));
    values.put("flush.ms", log.flushInterval().toMillis());
    values.put("index.interval.bytes", log.indexIntervalBytes());
    values.put("max.message.bytes", log.maxBatchBytes());
    values.put("message.timestamp.type", log.appendTime() ? "LogAppendTime" : "CreateTime");
    values.put("min.insync.replicas", topic.settings().minInSyncReplicas());
    values.put("retention.bytes", log.retentionBytes());
    values.put("retention.ms", millis(log.retentionAge()));
    values.put("segment.bytes", log.segmentBytes());
    values.put("segment.ms", log.segmentAge().toMillis());
    return values;
  }

  private static String cleanup(LogConfig log) {
    return switch (log.cleanup()) {
      case DELETE -> "delete";
      case COMPACT -> "compact";
      case COMPACT_AND_DELETE -> "compact,delete";
    };
  }

  private static long millis(Duration age) {
    return age.isNegative() ? -1 : age.toMillis();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
