package io.millrace.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How long results took, in milliseconds.
 *
 * <p>A window [start, end) can be put out once every partition has a flight with {@code scheduled -
 * lag >= end - 1 ms}; the last of those flights to be appended is the one that let the watermark
 * pass. The latency of a row is the time from the append of that flight to the append of the row,
 * both stamped by the broker (LogAppendTime), and to when an ordinary consumer had the row.
 *
 * @param toTopic until the row was in its topic
 * @param toConsumer until a consumer had it
 */
record ResultLatency(Histogram toTopic, Histogram toConsumer) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long HIGHEST_MILLIS = 3_600_000;

  /** A flight of one partition that moved the partition's watermark. */
  private record Step(long watermark, long appendedMillis) {}

  /** Reads the flights' topic once more and relates the rows to it. */
  static ResultLatency of(List<ResultTopics.Row> rows, Duration lag, String bootstrap) {
    return of(rows, readSteps(lag, bootstrap));
  }

  private static ResultLatency of(List<ResultTopics.Row> rows, List<List<Step>> partitions) {
    Histogram toTopic = new Histogram(HIGHEST_MILLIS, 3);
    Histogram toConsumer = new Histogram(HIGHEST_MILLIS, 3);
    Map<Long, Long> passed = new HashMap<>();
    for (ResultTopics.Row row : rows) {
      long moment = passed.computeIfAbsent(row.window().end(), end -> passed(partitions, end - 1));
      toTopic.recordValue(bounded(row.appendedMillis() - moment));
      toConsumer.recordValue(bounded(row.receivedMillis() - moment));
    }
    return new ResultLatency(toTopic, toConsumer);
  }

  private static long bounded(long millis) {
    return Math.clamp(millis, 0, HIGHEST_MILLIS);
  }

  /** When the last partition's watermark came to a time or past it. */
  private static long passed(List<List<Step>> partitions, long time) {
    long moment = Long.MIN_VALUE;
    for (List<Step> steps : partitions) {
      int at =
          Collections.binarySearch(
              steps, new Step(time, 0), (a, b) -> Long.compare(a.watermark(), b.watermark()));
      int first = at >= 0 ? at : -at - 1;
      if (first < steps.size()) {
        moment = Math.max(moment, steps.get(first).appendedMillis());
      }
    }
    return moment;
  }

  private static List<List<Step>> readSteps(Duration lag, String bootstrap) {
    List<List<Step>> partitions = new ArrayList<>();
    List<TopicPartition> topicPartitions = new ArrayList<>();
    for (int partition = 0; partition < FlightsReplay.PARTITIONS; partition++) {
      partitions.add(new ArrayList<>());
      topicPartitions.add(new TopicPartition(FlightsReplay.TOPIC, partition));
    }
    try (Consumer<String, String> consumer = ResultTopics.consumer(bootstrap, "latency")) {
      consumer.assign(topicPartitions);
      consumer.seekToBeginning(topicPartitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(topicPartitions);
      while (!ends.entrySet().stream()
          .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          add(partitions.get(record.partition()), record, lag);
        }
      }
    }
    return partitions;
  }

  private static void add(List<Step> steps, ConsumerRecord<String, String> record, Duration lag) {
    long scheduled;
    try {
      scheduled = SqlTimestamp.parse(JSON.readTree(record.value()).path("scheduled").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a flight is no JSON: " + record.value(), e);
    }
    long watermark = scheduled - lag.toMillis();
    if (steps.isEmpty() || watermark > steps.getLast().watermark()) {
      steps.add(new Step(watermark, record.timestamp()));
    }
  }
}
