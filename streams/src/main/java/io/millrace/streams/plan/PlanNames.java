package io.millrace.streams.plan;

import java.time.Duration;
import java.util.stream.Collectors;

/** How parts of plans are named to people, wherever they are: in EXPLAIN, errors and statuses. */
public final class PlanNames {

  private PlanNames() {}

  /** A name as SQL writes it: in backquotes where it needs them. */
  public static String identifier(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_$]*") ? name : "`" + name.replace("`", "``") + "`";
  }

  /** The name of a row's column, as SQL writes it. */
  public static String column(RowType row, int index) {
    return identifier(row.field(index).name());
  }

  /** {@code 1 h 30 min}; units that are zero are left out. */
  public static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "-" + duration(duration.negated());
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toDays(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "min");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0 s" : text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(text.isEmpty() ? "" : " ").append(amount).append(' ').append(unit);
    }
  }

  /** {@code HOP of 3 h every 1 h over scheduled by origin}. */
  public static String windows(PlanNode.WindowAggregate aggregate) {
    RowType below = aggregate.input().rowType();
    String window =
        switch (aggregate.window()) {
          case WindowSpec.Tumble tumble -> "TUMBLE of " + duration(tumble.size());
          case WindowSpec.Hop hop ->
              "HOP of " + duration(hop.size()) + " every " + duration(hop.slide());
        };
    Duration offset = aggregate.window().offset();
    String keys =
        aggregate.keyColumns().stream()
            .map(key -> column(below, key))
            .collect(Collectors.joining(", "));
    return window
        + (offset.isZero() ? "" : " from " + duration(offset))
        + " over "
        + column(below, aggregate.timeColumn())
        + (keys.isEmpty() ? "" : " by " + keys);
  }
}
