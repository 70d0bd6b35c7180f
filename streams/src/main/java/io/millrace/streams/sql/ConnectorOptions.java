package io.millrace.streams.sql;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Connector.DeliveryGuarantee;
import io.millrace.streams.plan.Connector.Format;
import io.millrace.streams.plan.Connector.OnParseError;
import io.millrace.streams.plan.Connector.StartupMode;
import io.millrace.streams.plan.Connector.TimestampFormat;
import io.millrace.streams.sql.Statement.OptionClause;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the WITH clause of a table into its connector. */
final class ConnectorOptions {

  private static final Map<String, Format> FORMATS = Map.of("json", Format.JSON, "raw", Format.RAW);
  private static final Map<String, StartupMode> STARTUP =
      Map.of(
          "earliest-offset", StartupMode.EARLIEST,
          "latest-offset", StartupMode.LATEST,
          "group-offsets", StartupMode.GROUP_OFFSETS,
          "timestamp", StartupMode.TIMESTAMP);
  private static final Map<String, DeliveryGuarantee> GUARANTEES =
      Map.of(
          "exactly-once", DeliveryGuarantee.EXACTLY_ONCE,
          "at-least-once", DeliveryGuarantee.AT_LEAST_ONCE,
          "none", DeliveryGuarantee.NONE);

  private final Name table;
  private final List<Catalog.Column> columns;
  private final TableOptions options;

  private ConnectorOptions(Name table, List<Catalog.Column> columns, TableOptions options) {
    this.table = table;
    this.columns = columns;
    this.options = options;
  }

  /** A connector, and how long a partition may be silent before it counts as idle. */
  record Parsed(Connector connector, Duration idleTimeout) {}

  /**
   * The connector of a table.
   *
   * @param columns the table's fields and facts
   * @param key the columns of its primary key; empty for none
   * @throws SqlException for an option that is missing, unknown or has an impossible value
   */
  static Parsed parse(
      Name table, List<Catalog.Column> columns, List<Name> key, List<OptionClause> clauses) {
    TableOptions options = new TableOptions(table, clauses);
    ConnectorOptions parser = new ConnectorOptions(table, columns, options);
    OptionClause name = options.required("connector", "kafka");
    Parsed parsed =
        switch (name.value().text()) {
          case "kafka" -> parser.kafka();
          case "upsert-kafka" -> parser.upsertKafka(key);
          case "nexmark" ->
              new Parsed(new GeneratorOptions(table, columns, options).nexmark(), Duration.ZERO);
          case "datagen" ->
              new Parsed(new GeneratorOptions(table, columns, options).datagen(), Duration.ZERO);
          case "blackhole" -> new Parsed(new Connector.Blackhole(), Duration.ZERO);
          case "print" ->
              new Parsed(
                  new Connector.Print(options.text("print-identifier").orElse("")), Duration.ZERO);
          default ->
              throw TableOptions.invalid(
                  name, "'kafka', 'upsert-kafka', 'print', 'blackhole', 'datagen' or 'nexmark'");
        };
    options.finish(name.value().text());
    return parsed;
  }

  private Parsed kafka() {
    OptionClause topic = topic();
    Format value = valueFormat();
    Optional<OptionClause> keyFormatOption = options.take("key.format");
    Optional<OptionClause> keyFieldsOption = options.take("key.fields");
    List<String> keyFields = keyFieldsOption.map(this::keyFields).orElse(List.of());
    if (keyFormatOption.isPresent() != keyFieldsOption.isPresent()) {
      throw new SqlException(
          keyFormatOption.or(() -> keyFieldsOption).orElseThrow().key().position(),
          "'key.format' and 'key.fields' are given together or not at all");
    }
    Format key =
        keyFormatOption.map(option -> TableOptions.choice(option, FORMATS)).orElse(Format.RAW);
    if (keyFormatOption.isPresent()) {
      checkRawKey(key, keyFields, keyFieldsOption.orElseThrow());
    }
    return kafka(topic, value, key, keyFields, startup());
  }

  /** A topic by key: read from its start, since the latest row of a key may be anywhere in it. */
  private Parsed upsertKafka(List<Name> primaryKey) {
    OptionClause topic = topic();
    if (primaryKey.isEmpty()) {
      throw new SqlException(
          table.position(),
          "the connector 'upsert-kafka' needs the table's key: PRIMARY KEY (…) NOT ENFORCED");
    }
    OptionClause keyFormat = options.required("key.format", "json");
    OptionClause valueFormat = options.required("value.format", "json");
    List<String> fields = primaryKey.stream().map(Name::text).toList();
    for (Name field : primaryKey) {
      if (columns.stream()
          .noneMatch(
              column ->
                  column instanceof Catalog.Column.Physical
                      && column.name().equals(field.text()))) {
        throw new SqlException(
            field.position(), "the key of 'upsert-kafka' is of fields of the record");
      }
    }
    Format key = TableOptions.choice(keyFormat, FORMATS);
    checkRawKey(key, fields, keyFormat);
    Parsed parsed =
        kafka(
            topic,
            TableOptions.choice(valueFormat, FORMATS),
            key,
            fields,
            new Startup(StartupMode.EARLIEST, 0));
    return new Parsed(
        new Connector.UpsertKafka((Connector.Kafka) parsed.connector()), parsed.idleTimeout());
  }

  private OptionClause topic() {
    OptionClause topicOption = options.required("topic", table.text());
    String topic = topicOption.value().text();
    if (!topic.matches("[a-zA-Z0-9._-]{1,249}") || topic.equals(".") || topic.equals("..")) {
      throw TableOptions.invalid(
          topicOption, "one topic: 1 to 249 letters, digits, dots, hyphens and underlines");
    }
    return topicOption;
  }

  private Parsed kafka(
      OptionClause topic, Format value, Format key, List<String> keyFields, Startup startup) {
    boolean keyInValue =
        options.choice("value.fields-include", Map.of("all", true, "except_key", false), true);
    checkRawValue(value, keyFields, keyInValue);
    boolean bounded =
        options.choice(
            "scan.bounded.mode", Map.of("unbounded", false, "latest-offset", true), false);
    Json json = json();
    DeliveryGuarantee guarantee =
        options.choice("sink.delivery-guarantee", GUARANTEES, DeliveryGuarantee.AT_LEAST_ONCE);
    // Flink needs it for exactly-once; here transactions are named after the job.
    options.take("sink.transactional-id-prefix");
    Duration idle = options.duration("scan.watermark.idle-timeout").orElse(Duration.ZERO);
    Map<String, String> properties = options.withPrefix("properties.");
    return new Parsed(
        new Connector.Kafka(
            topic.value().text(),
            key,
            keyFields,
            value,
            keyInValue,
            startup.mode(),
            startup.timestampMillis(),
            bounded,
            json.onParseError(),
            json.failOnMissingField(),
            json.timestampFormat(),
            guarantee,
            properties),
        idle);
  }

  private Format valueFormat() {
    Optional<OptionClause> format = options.take("format");
    Optional<OptionClause> valueFormat = options.take("value.format");
    if (format.isPresent() && valueFormat.isPresent()) {
      throw new SqlException(
          valueFormat.get().key().position(),
          "'format' and 'value.format' are the same option; give one of them");
    }
    OptionClause option =
        format.or(() -> valueFormat).orElseGet(() -> options.required("format", "json"));
    return TableOptions.choice(option, FORMATS);
  }

  private List<String> keyFields(OptionClause option) {
    List<String> physical =
        columns.stream()
            .filter(Catalog.Column.Physical.class::isInstance)
            .map(Catalog.Column::name)
            .toList();
    List<String> names =
        List.of(option.value().text().split(";")).stream()
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    if (names.isEmpty()) {
      throw TableOptions.invalid(option, "one or more columns, separated by ';'");
    }
    for (String name : names) {
      if (!physical.contains(name)) {
        throw new SqlException(
            option.value().position(),
            "the option 'key.fields' names "
                + Messages.shorten(name)
                + ", which is no field of the record"
                + Messages.instead(name, physical));
      }
    }
    return names;
  }

  private void checkRawKey(Format format, List<String> keyFields, OptionClause option) {
    if (format == Format.RAW && keyFields.size() != 1) {
      throw TableOptions.invalid(option, "exactly one column when 'key.format' is 'raw'");
    }
  }

  private void checkRawValue(Format format, List<String> keyFields, boolean keyInValue) {
    long fields =
        columns.stream()
            .filter(Catalog.Column.Physical.class::isInstance)
            .filter(column -> keyInValue || !keyFields.contains(column.name()))
            .count();
    if (format == Format.RAW && fields != 1) {
      throw new SqlException(
          table.position(),
          "the format 'raw' holds exactly one column, but the table "
              + table.text()
              + " has "
              + fields
              + " in the value");
    }
    if (fields == 0) {
      throw new SqlException(
          table.position(), "the table " + table.text() + " has no column in the value");
    }
  }

  private record Startup(StartupMode mode, long timestampMillis) {}

  private Startup startup() {
    Optional<OptionClause> mode = options.take("scan.startup.mode");
    Optional<Long> millis = options.millis("scan.startup.timestamp-millis");
    StartupMode startup =
        mode.map(option -> TableOptions.choice(option, STARTUP)).orElse(StartupMode.GROUP_OFFSETS);
    if (startup == StartupMode.TIMESTAMP && millis.isEmpty()) {
      throw new SqlException(
          mode.orElseThrow().value().position(),
          "'scan.startup.mode' = 'timestamp' needs the option 'scan.startup.timestamp-millis'");
    }
    return new Startup(startup, startup == StartupMode.TIMESTAMP ? millis.orElseThrow() : 0);
  }

  private record Json(
      OnParseError onParseError, boolean failOnMissingField, TimestampFormat timestampFormat) {}

  /** The options of JSON, with or without the prefix {@code value.}. */
  private Json json() {
    boolean ignore = jsonFlag("json.ignore-parse-errors");
    boolean failOnMissing = jsonFlag("json.fail-on-missing-field");
    if (ignore && failOnMissing) {
      throw new SqlException(
          table.position(),
          "'json.ignore-parse-errors' and 'json.fail-on-missing-field' cannot both be 'true'");
    }
    Map<String, TimestampFormat> formats = new LinkedHashMap<>();
    formats.put("sql", TimestampFormat.SQL);
    formats.put("iso-8601", TimestampFormat.ISO_8601);
    String key = "json.timestamp-format.standard";
    TimestampFormat format =
        options.choice("value." + key, formats, options.choice(key, formats, TimestampFormat.SQL));
    return new Json(ignore ? OnParseError.SKIP : OnParseError.FAIL, failOnMissing, format);
  }

  private boolean jsonFlag(String key) {
    return options.flag("value." + key, options.flag(key, false));
  }
}
