package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counters with their rates: {@code "publish": 7, "publish_details": {"rate": 1.4}}, and with their
 * history when the caller names an age and an increment, both in seconds.
 */
final class Details {

  private static final int MOST_SAMPLES = 1024;

  private final Sampler sampler;
  private final Call call;

  Details(Sampler sampler, Call call) {
    this.sampler = sampler;
    this.call = call;
  }

  /**
   * Adds counters to a document.
   *
   * @param at where they begin in {@code now} and in samples
   * @param history begins the names of the parameters that ask for history, such as {@code lengths}
   */
  void add(ObjectNode to, List<String> names, long[] now, int at, Subject subject, String history) {
    Series series = sampler.of(subject);
    for (int i = 0; i < names.size(); i++) {
      to.put(names.get(i), now[at + i]);
      to.set(names.get(i) + "_details", details(series, at + i, history));
    }
  }

  private ObjectNode details(@Nullable Series series, int at, String history) {
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    long age = seconds(history + "_age");
    long increment = seconds(history + "_incr");
    if (series != null && age > 0 && increment > 0) {
      history(details, series, at, age, increment);
    }
    details.put("rate", series == null ? 0.0 : rate(series, at));
    return details;
  }

  private long seconds(String parameter) {
    String text = call.query(parameter);
    if (text == null || text.isEmpty()) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw Refusal.badRequest("not_integer", text);
    }
  }

  /** Between the last two samples. */
  private double rate(Series series, int at) {
    long last = series.last();
    long[] newest = series.at(last);
    long[] before = series.at(last - 1);
    if (newest == null || before == null) {
      return 0;
    }
    double seconds = (sampler.timeOf(last) - sampler.timeOf(last - 1)) / 1000.0;
    return seconds <= 0 ? 0 : (newest[at] - before[at]) / seconds;
  }

  private void history(ObjectNode details, Series series, int at, long age, long increment) {
    if (age / increment > MOST_SAMPLES) {
      throw Refusal.badRequest("Invalid history: more than " + MOST_SAMPLES + " samples");
    }
    ArrayNode samples = JsonNodeFactory.instance.arrayNode();
    long step = increment * 1000;
    long newestTime = call.sources().clock().millis() / step * step;
    long tick = series.last();
    long sum = 0;
    long newest = 0;
    long oldest = 0;
    for (long time = newestTime; time >= newestTime - age * 1000; time -= step) {
      while (series.at(tick) != null && sampler.timeOf(tick) > time) {
        tick--;
      }
      long[] values = series.at(tick);
      if (values == null) {
        break;
      }
      oldest = values[at];
      newest = samples.isEmpty() ? oldest : newest;
      sum += oldest;
      samples.addObject().put("sample", oldest).put("timestamp", time);
    }
    int count = samples.size();
    details.put("avg", count == 0 ? 0.0 : (double) sum / count);
    details.put(
        "avg_rate", count < 2 ? 0.0 : (newest - oldest) / ((count - 1) * (double) increment));
    details.set("samples", samples);
  }
}
