package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One contestant's figures over all rounds.
 *
 * @param median of the compared figure, as are min and max
 * @param cpuSeconds median of the CPU seconds that the server's process spent while measured
 * @param residentMebibytes median of its resident memory at the end of a round
 * @param details medians of the further figures
 */
public record Score(
    String name,
    String version,
    double median,
    double min,
    double max,
    @JsonProperty("cpu_s") double cpuSeconds,
    @JsonProperty("rss_mb") double residentMebibytes,
    Map<String, Double> details) {

  /** Sums up at least one round. */
  static Score of(Contestant contestant, List<Measurement> rounds) {
    Spread value = Spread.of(rounds.stream().map(Measurement::value).toList());
    Map<String, Double> details = new LinkedHashMap<>();
    for (String detail : rounds.getFirst().details().keySet()) {
      List<Double> figures = new ArrayList<>();
      for (Measurement round : rounds) {
        Double figure = round.details().get(detail);
        if (figure != null) {
          figures.add(figure);
        }
      }
      details.put(detail, Spread.of(figures).median());
    }
    return new Score(
        contestant.name(),
        contestant.version(),
        value.median(),
        value.min(),
        value.max(),
        Spread.of(rounds.stream().map(Measurement::cpuSeconds).toList()).median(),
        Spread.of(rounds.stream().map(Measurement::residentMebibytes).toList()).median(),
        details);
  }
}
