package io.millrace.app.demo;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the demo comes to.
 *
 * @param events flights acknowledged
 * @param eventsPerSecond over the time that the replay took: the pace of {@code --replay} unless
 *     that is 0
 * @param seconds that the replay took
 * @param lagMinutes of the watermark
 * @param windows rows in the window topics
 * @param windowsOpen windows that wait for flights that are not in the file
 * @param late flights in the side topic
 * @param toTopic milliseconds from the append of the flight that let the watermark pass to the
 *     append of the result
 * @param toConsumer the same, to when a consumer had it
 * @param viewers what the crowd saw
 * @param edge what the edge did
 * @param residentMegabytes of the whole process, clients included; -1 where it is not known
 * @param differences why it is not correct; empty when it is
 */
record DemoSummary(
    long events,
    double eventsPerSecond,
    double seconds,
    long lagMinutes,
    int windows,
    int windowsOpen,
    int late,
    Percentiles toTopic,
    Percentiles toConsumer,
    ViewerCrowd.Figures viewers,
    Edge edge,
    long residentMegabytes,
    List<String> differences) {

  /** Milliseconds. */
  record Percentiles(double p50, double p99) {}

  /**
   * The edge's own figures.
   *
   * @param answers from the cache or by its origins
   * @param hitRatio the part of them that did not wait for an origin
   * @param originFetches requests to origins
   * @param objects resources stored
   * @param eventsDelivered to viewers of live streams
   */
  record Edge(
      long answers, double hitRatio, long originFetches, long objects, long eventsDelivered) {

    double originFetchesPerObject() {
      return objects == 0 ? 0 : (double) originFetches / objects;
    }
  }

  boolean correct() {
    return differences.isEmpty();
  }

  /** As members of one JSON object. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("events", events);
    json.put("events_per_second", round(eventsPerSecond));
    json.put("replay_seconds", round(seconds));
    json.put("lag_minutes", lagMinutes);
    json.put("windows", windows);
    json.put("windows_open", windowsOpen);
    json.put("late", late);
    json.put("result_latency_ms", percentiles(toTopic));
    json.put("result_latency_to_consumer_ms", percentiles(toConsumer));
    json.put(
        "viewers",
        ordered(
            "count", viewers.viewers(),
            "requests", viewers.requests(),
            "not_modified", viewers.notModified(),
            "events", viewers.events(),
            "failures", viewers.failures(),
            "latency_ms",
                percentiles(
                    new Percentiles(viewers.latencyP50Millis(), viewers.latencyP99Millis()))));
    json.put(
        "edge",
        ordered(
            "answers", edge.answers(),
            "hit_ratio", Math.round(edge.hitRatio() * 10_000) / 10_000.0,
            "origin_fetches", edge.originFetches(),
            "objects", edge.objects(),
            "origin_fetches_per_object", round(edge.originFetchesPerObject()),
            "events_delivered", edge.eventsDelivered()));
    json.put("memory_mb", residentMegabytes);
    json.put("correct", correct());
    if (!correct()) {
      json.put("differences", differences);
    }
    return json;
  }

  private static Map<String, Object> percentiles(Percentiles percentiles) {
    return ordered("p50", round(percentiles.p50()), "p99", round(percentiles.p99()));
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static double round(double value) {
    return Math.round(value * 100) / 100.0;
  }

  /** As lines for a person. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("Flights in", "%,d in %.1f s (%,.0f/s)", events, seconds, eventsPerSecond));
    lines.add(
        line("Windows out", "%,d, and %,d still open at the last flight", windows, windowsOpen));
    lines.add(line("Late flights", "%,d in the side topic (lag %d min)", late, lagMinutes));
    lines.add(line("Result latency", "%s to the topic", milliseconds(toTopic)));
    lines.add(line("", "%s to a consumer", milliseconds(toConsumer)));
    lines.add(
        line(
            "Viewers",
            "%,d: %,d requests (%,d unchanged), %,d live events, %,d failures",
            viewers.viewers(),
            viewers.requests(),
            viewers.notModified(),
            viewers.events(),
            viewers.failures()));
    lines.add(
        line(
            "",
            "%s per request",
            milliseconds(new Percentiles(viewers.latencyP50Millis(), viewers.latencyP99Millis()))));
    lines.add(
        line(
            "Edge",
            "%.1f %% hits of %,d; %.1f origin fetches per object (%,d objects)",
            edge.hitRatio() * 100,
            edge.answers(),
            edge.originFetchesPerObject(),
            edge.objects()));
    lines.add(
        residentMegabytes < 0
            ? line("Memory", "not known on this system")
            : line(
                "Memory",
                "%,d MB resident, producer, consumers and viewers included",
                residentMegabytes));
    lines.add(
        correct()
            ? line("Correct", "yes: every row equals the batch computation over the file")
            : line("Correct", "NO"));
    differences.forEach(difference -> lines.add("    " + difference));
    return lines;
  }

  private static String milliseconds(Percentiles percentiles) {
    return String.format(
        Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", percentiles.p50(), percentiles.p99());
  }

  @FormatMethod
  private static String line(String name, @FormatString String format, Object... values) {
    return String.format(Locale.ROOT, "  %-16s", name) + String.format(Locale.ROOT, format, values);
  }
}
