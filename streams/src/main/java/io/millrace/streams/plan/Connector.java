package io.millrace.streams.plan;

import io.millrace.streams.nexmark.NexmarkConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parsed WITH options of a table: where its rows come from or go to. */
public sealed interface Connector {

  /** The name in {@code 'connector' = '…'}. */
  String name();

  /** How the bytes of a key or value are laid out. */
  enum Format {
    /** One JSON object per record; members by column name. */
    JSON,
    /** Exactly one column, its text (UTF-8) or big-endian bytes. */
    RAW
  }

  /** Where reading starts when no checkpoint says otherwise. */
  enum StartupMode {
    EARLIEST,
    LATEST,
    /** The committed offsets of {@code properties.group.id}, else the earliest. */
    GROUP_OFFSETS,
    /** The first record at or after {@link Kafka#startupTimestampMillis()}. */
    TIMESTAMP
  }

  /** What to do with a record that the format cannot read. */
  enum OnParseError {
    /** Stop the job, naming partition, offset and reason. */
    FAIL,
    /** Count it and go on ({@code 'json.ignore-parse-errors' = 'true'}). */
    SKIP
  }

  /** How a timestamp is written as text. */
  enum TimestampFormat {
    /** {@code 2001-01-01 12:00:00.123}, with a {@code Z} for TIMESTAMP_LTZ. */
    SQL,
    /** {@code 2001-01-01T12:00:00.123}, with a {@code Z} for TIMESTAMP_LTZ. */
    ISO_8601
  }

  /** What a sink promises about its output. */
  enum DeliveryGuarantee {
    EXACTLY_ONCE,
    AT_LEAST_ONCE,
    NONE
  }

  /**
   * A topic of the Kafka protocol: this node's own log, or another broker's when {@code
   * properties.bootstrap.servers} names one.
   *
   * @param topic the topic's name
   * @param keyFormat how the key is laid out; matters only with key fields
   * @param keyFields the columns that are the record's key; empty: null keys are written
   * @param valueFormat how the value is laid out
   * @param keyInValue whether key columns stand in the value as well
   * @param startup where reading starts
   * @param startupTimestampMillis for {@link StartupMode#TIMESTAMP}; 0 otherwise
   * @param boundedByLatest whether reading ends at the log end offsets found at start
   * @param onParseError what to do with a value that cannot be read
   * @param failOnMissingField whether an absent JSON member is an error instead of NULL
   * @param timestampFormat how timestamps are written in JSON
   * @param guarantee what a sink promises
   * @param properties the {@code properties.*} options, without that prefix
   */
  record Kafka(
      String topic,
      Format keyFormat,
      List<String> keyFields,
      Format valueFormat,
      boolean keyInValue,
      StartupMode startup,
      long startupTimestampMillis,
      boolean boundedByLatest,
      OnParseError onParseError,
      boolean failOnMissingField,
      TimestampFormat timestampFormat,
      DeliveryGuarantee guarantee,
      Map<String, String> properties)
      implements Connector {

    /** Takes unmodifiable copies. */
    public Kafka {
      keyFields = List.copyOf(keyFields);
      properties = Map.copyOf(properties);
    }

    @Override
    public String name() {
      return "kafka";
    }
  }

  /**
   * A source whose rows are made up from their numbers, so that a job that goes on after a crash
   * gets the same rows again.
   */
  sealed interface Generator extends Connector {

    /** How many rows there are, or {@link Long#MAX_VALUE} for no end. */
    long rows();

    /** The most rows in a second, or 0 for as many as the job can take. */
    long rowsPerSecond();
  }

  /**
   * The events of the Nexmark benchmark.
   *
   * @param config which events
   * @param rowsPerSecond see {@link Generator#rowsPerSecond}
   */
  record Nexmark(NexmarkConfig config, long rowsPerSecond) implements Generator {

    @Override
    public String name() {
      return "nexmark";
    }

    @Override
    public long rows() {
      return config.events() == 0 ? Long.MAX_VALUE : config.events();
    }
  }

  /**
   * Rows of numbers that count or of random values.
   *
   * @param fields what each column holds, by its name
   */
  record Datagen(Map<String, FieldGenerator> fields, long rows, long rowsPerSecond)
      implements Generator {

    /** Takes an unmodifiable copy. */
    public Datagen {
      fields = Map.copyOf(fields);
    }

    @Override
    public String name() {
      return "datagen";
    }
  }

  /**
   * A topic that holds the latest row of each key; a record without a value deletes its key. As a
   * sink it takes updates and deletions.
   *
   * @param kafka the topic; its key fields are the table's primary key
   */
  record UpsertKafka(Kafka kafka) implements Connector {

    @Override
    public String name() {
      return "upsert-kafka";
    }
  }

  /** The topic of a connector that reads or writes one; null of another. */
  static @Nullable Kafka topic(Connector connector) {
    return switch (connector) {
      case Kafka kafka -> kafka;
      case UpsertKafka upsert -> upsert.kafka();
      case Generator unused -> null;
      case Blackhole unused -> null;
      case Print unused -> null;
      case Caller unused -> null;
    };
  }

  /** A sink that drops its rows, for measuring. */
  record Blackhole() implements Connector {

    @Override
    public String name() {
      return "blackhole";
    }
  }

  /**
   * A sink that writes rows as lines of text to the program's standard output.
   *
   * @param identifier put before each line; empty for none
   */
  record Print(String identifier) implements Connector {

    @Override
    public String name() {
      return "print";
    }
  }

  /**
   * The sink of a SELECT that stands alone: rows go to whoever started the job, such as the prompt.
   */
  record Caller() implements Connector {

    @Override
    public String name() {
      return "caller";
    }
  }
}
