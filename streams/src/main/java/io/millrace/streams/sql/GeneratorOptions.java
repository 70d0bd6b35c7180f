package io.millrace.streams.sql;

import io.millrace.streams.nexmark.NexmarkConfig;
import io.millrace.streams.nexmark.NexmarkField;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.FieldGenerator;
import io.millrace.streams.sql.Statement.OptionClause;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The options of connectors that make their rows up. */
final class GeneratorOptions {

  private static final long MOST_ROWS = Long.MAX_VALUE;
  private static final long MOST_PER_SECOND = 1_000_000_000;
  private static final long DEFAULT_PER_SECOND = 10_000;
  private static final int MOST_SHARE = 1_000_000;
  private static final int DEFAULT_LENGTH = 100;
  private static final int LONGEST = 1 << 20;

  private final Name table;
  private final List<Catalog.Column> columns;
  private final TableOptions options;

  GeneratorOptions(Name table, List<Catalog.Column> columns, TableOptions options) {
    this.table = table;
    this.columns = columns;
    this.options = options;
  }

  // ---- nexmark ----

  Connector.Nexmark nexmark() {
    for (Catalog.Column column : columns) {
      checkNexmark(column);
    }
    NexmarkConfig defaults = NexmarkConfig.defaults();
    return new Connector.Nexmark(
        new NexmarkConfig(
            options.whole("events.num", 0, MOST_ROWS).orElse(defaults.events()),
            options.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(defaults.seed()),
            options.millis("base-time-millis").orElse(defaults.baseMillis()),
            options.whole("next-event.rate", 1, MOST_PER_SECOND).orElse(defaults.eventsPerSecond()),
            share("out-of-order.group-size", 1, defaults.outOfOrderGroup()),
            share("person.proportion", 1, defaults.persons()),
            share("auction.proportion", 1, defaults.auctions()),
            share("bid.proportion", 0, defaults.bids())),
        options.whole("rows-per-second", 0, MOST_PER_SECOND).orElse(0L));
  }

  private int share(String key, int least, int otherwise) {
    return options.whole(key, least, MOST_SHARE).map(Long::intValue).orElse(otherwise);
  }

  private void checkNexmark(Catalog.Column column) {
    NexmarkField field = NexmarkField.ofColumn(column.name());
    if (field == null) {
      List<String> known = Stream.of(NexmarkField.values()).map(NexmarkField::column).toList();
      String alike = Messages.instead(column.name(), known);
      throw new SqlException(
          table.position(),
          "the connector 'nexmark' has no column "
              + Messages.shorten(column.name())
              + (alike.startsWith("; did")
                  ? alike
                  : "; its columns are " + String.join(", ", known)));
    }
    DataType.Kind kind =
        switch (field.type()) {
          case INT -> DataType.Kind.INT;
          case BIGINT -> DataType.Kind.BIGINT;
          case STRING -> DataType.Kind.STRING;
          case TIMESTAMP -> DataType.Kind.TIMESTAMP;
        };
    if (column.type().kind() != kind) {
      throw new SqlException(
          table.position(),
          "the column "
              + column.name()
              + " of the connector 'nexmark' is "
              + DataType.of(kind).sql()
              + ", not "
              + column.type().sql());
    }
  }

  // ---- datagen ----

  Connector.Datagen datagen() {
    long perSecond =
        options.whole("rows-per-second", 0, MOST_PER_SECOND).orElse(DEFAULT_PER_SECOND);
    long rows = options.whole("number-of-rows", 1, MOST_ROWS).orElse(MOST_ROWS);
    Map<String, FieldGenerator> fields = new HashMap<>();
    for (Catalog.Column column : columns) {
      FieldGenerator field = field(column);
      fields.put(column.name(), field);
      if (field instanceof FieldGenerator.Sequence sequence) {
        long counted = sequence.end() - sequence.start();
        rows = counted < 0 || counted == Long.MAX_VALUE ? rows : Math.min(rows, counted + 1);
      }
    }
    return new Connector.Datagen(fields, rows, perSecond);
  }

  private FieldGenerator field(Catalog.Column column) {
    String prefix = "fields." + column.name() + ".";
    boolean counts =
        options.choice(prefix + "kind", Map.of("random", false, "sequence", true), false);
    return counts ? sequence(column, prefix) : random(column.type(), prefix);
  }

  private FieldGenerator sequence(Catalog.Column column, String prefix) {
    boolean fits =
        switch (column.type().kind()) {
          case TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL, STRING -> true;
          default -> false;
        };
    if (!fits) {
      throw new SqlException(
          table.position(),
          "the column "
              + column.name()
              + " cannot be a sequence: that takes numbers or STRING, not "
              + column.type().sql());
    }
    long least = least(column.type().kind());
    long most = most(column.type().kind());
    OptionClause startOption = options.required(prefix + "start", "1");
    long start = bound(startOption, least, most);
    OptionClause endOption = options.required(prefix + "end", "1000");
    long end = bound(endOption, least, most);
    if (start > end) {
      throw TableOptions.invalid(endOption, start + " or more, where the sequence starts");
    }
    return new FieldGenerator.Sequence(start, end);
  }

  private static long bound(OptionClause option, long least, long most) {
    try {
      long value = Long.parseLong(option.value().text().strip());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range is.
    }
    throw TableOptions.invalid(option, "a whole number from " + least + " to " + most);
  }

  private FieldGenerator random(DataType type, String prefix) {
    double nulls = nullRate(prefix);
    return switch (type.kind()) {
      case BOOLEAN -> new FieldGenerator.Flag(nulls);
      case TINYINT, SMALLINT, INT, BIGINT, INTERVAL_MILLIS, INTERVAL_MONTHS, NULL -> {
        long least = least(type.kind());
        long most = most(type.kind());
        long min = options.whole(prefix + "min", least, most).orElse(least);
        long max = options.whole(prefix + "max", min, most).orElse(most);
        yield new FieldGenerator.Whole(min, max, nulls);
      }
      case FLOAT, DOUBLE -> {
        double largest = type.kind() == DataType.Kind.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        double min = options.decimal(prefix + "min").map(BigDecimal::doubleValue).orElse(0.0);
        double max = options.decimal(prefix + "max").map(BigDecimal::doubleValue).orElse(largest);
        checkOrder(prefix, min <= max);
        yield new FieldGenerator.Fraction(min, max, nulls);
      }
      case DECIMAL -> {
        BigDecimal largest =
            BigDecimal.TEN
                .pow(type.precision() - type.scale())
                .subtract(BigDecimal.ONE.movePointLeft(type.scale()));
        BigDecimal min = options.decimal(prefix + "min").orElse(largest.negate());
        BigDecimal max = options.decimal(prefix + "max").orElse(largest);
        checkOrder(prefix, min.compareTo(max) <= 0);
        yield new FieldGenerator.Digits(min, max, nulls);
      }
      case STRING, BYTES -> {
        int otherwise = Math.min(DEFAULT_LENGTH, type.precision());
        int most = Math.min(LONGEST, type.precision());
        int length =
            options.whole(prefix + "length", 0, most).map(Long::intValue).orElse(otherwise);
        yield new FieldGenerator.Text(length, options.flag(prefix + "var-len", false), nulls);
      }
      case DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ ->
          new FieldGenerator.Past(
              options.duration(prefix + "max-past").orElse(Duration.ZERO), nulls);
    };
  }

  private void checkOrder(String prefix, boolean ordered) {
    if (!ordered) {
      throw new SqlException(
          table.position(), "the option '" + prefix + "min' is larger than '" + prefix + "max'");
    }
  }

  private double nullRate(String prefix) {
    Optional<OptionClause> option = options.take(prefix + "null-rate");
    if (option.isEmpty()) {
      return 0;
    }
    try {
      double rate = Double.parseDouble(option.get().value().text().strip());
      if (rate >= 0 && rate <= 1) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a share out of range is.
    }
    throw TableOptions.invalid(option.get(), "a share of the rows, from 0 to 1");
  }

  private static long least(DataType.Kind kind) {
    return switch (kind) {
      case TINYINT -> Byte.MIN_VALUE;
      case SMALLINT -> Short.MIN_VALUE;
      case INT -> Integer.MIN_VALUE;
      default -> Long.MIN_VALUE;
    };
  }

  private static long most(DataType.Kind kind) {
    return switch (kind) {
      case TINYINT -> Byte.MAX_VALUE;
      case SMALLINT -> Short.MAX_VALUE;
      case INT -> Integer.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }
}
