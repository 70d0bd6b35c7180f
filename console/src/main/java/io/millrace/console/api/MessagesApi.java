package io.millrace.console.api;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.console.api.RecordBrowser.BrowsedRecord;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import io.millrace.log.TimestampOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looking into topics. */
public final class MessagesApi {

  private static final int USUAL_RECORDS = 50;
  private static final int MOST_RECORDS = 500;

  private final Topics topics;

  /** Over a broker's topics. */
  public MessagesApi(Topics topics) {
    this.topics = topics;
  }

  /** {@code /api/topics/{topic}/messages}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("GET", "/api/topics/{topic}/messages", this::browse));
  }

  /**
   * Some records of a topic.
   *
   * @param messages in the order of their timestamps when they are of several partitions
   * @param next by partition, the offset from which to read on
   */
  record Messages(String topic, List<BrowsedRecord> messages, Map<Integer, Long> next) {}

  private Answer browse(Request request) throws InterruptedException {
    Topic topic = TopicsApi.existing(topics, request.path("topic"));
    int limit = (int) request.query("limit", USUAL_RECORDS, 1, MOST_RECORDS);
    List<Partition> wanted = partitions(topic, request);
    List<BrowsedRecord> messages = new ArrayList<>();
    Map<Integer, Long> next = new TreeMap<>();
    boolean newest = isNewest(request);
    for (Partition partition : wanted) {
      RecordBrowser.Found found =
          RecordBrowser.read(partition, from(partition, request, limit), limit);
      messages.addAll(found.records());
      next.put(partition.id().partition(), found.nextOffset());
    }
    if (wanted.size() > 1) {
      messages.sort(
          Comparator.comparingLong(BrowsedRecord::timestamp)
              .thenComparingInt(BrowsedRecord::partition)
              .thenComparingLong(BrowsedRecord::offset));
      messages = shorten(messages, limit, newest, next);
    }
    return Json.answer(200, new Messages(topic.name(), messages, next));
  }

  /** Cuts a list that has the records of several partitions, and reads on where it was cut. */
  private static List<BrowsedRecord> shorten(
      List<BrowsedRecord> messages, int limit, boolean newest, Map<Integer, Long> next) {
    if (messages.size() <= limit) {
      return messages;
    }
    if (newest) {
      return messages.subList(messages.size() - limit, messages.size());
    }
    for (BrowsedRecord cut : messages.subList(limit, messages.size())) {
      next.merge(cut.partition(), cut.offset(), Math::min);
    }
    return messages.subList(0, limit);
  }

  private static List<Partition> partitions(Topic topic, Request request) {
    long partition = request.query("partition", -1, 0, Integer.MAX_VALUE);
    if (partition < 0) {
      return topic.partitions();
    }
    if (partition >= topic.partitions().size()) {
      throw new ProblemException(
          404,
          "The topic "
              + topic.name()
              + " has partitions 0 to "
              + (topic.partitions().size() - 1)
              + ", not "
              + partition
              + ".");
    }
    return List.of(topic.partitions().get((int) partition));
  }

  private static boolean isNewest(Request request) {
    String offset = request.query("offset");
    return (offset == null || offset.equals("latest")) && request.query("timestamp") == null;
  }

  /** Where to start in a partition: at an offset, at a time, at the start, or near the end. */
  private static long from(Partition partition, Request request, int limit) {
    if (request.query("timestamp") != null) {
      long time = request.query("timestamp", 0, 0, Long.MAX_VALUE);
      return partition
          .firstAtOrAfter(time)
          .map(TimestampOffset::offset)
          .orElse(partition.highWatermark());
    }
    if (isNewest(request)) {
      return Math.max(partition.startOffset(), partition.highWatermark() - limit);
    }
    if ("earliest".equals(request.query("offset"))) {
      return partition.startOffset();
    }
    long offset = request.query("offset", 0, 0, Long.MAX_VALUE);
    return Math.min(offset, partition.highWatermark());
  }
}
