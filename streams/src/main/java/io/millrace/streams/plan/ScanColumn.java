package io.millrace.streams.plan;

/** Where a column that a scan puts out comes from. */
public sealed interface ScanColumn {

  /** The column's type. */
  DataType type();

  /**
   * A field of the record's value or key.
   *
   * @param name the field's name in the format, such as a JSON member
   * @param type what to read it as
   */
  record Payload(String name, DataType type) implements ScanColumn {}

  /**
   * A fact about the record that the connector knows.
   *
   * @param what which fact
   * @param type what to give it as: the connector's own type is {@link Metadata.Key#type()}, other
   *     types are reached by a cast above the scan
   */
  record Metadata(Key what, DataType type) implements ScanColumn {

    /** The facts that can be asked for by METADATA FROM. */
    public enum Key {
      /** The record's timestamp: TIMESTAMP_LTZ(3) NOT NULL. */
      TIMESTAMP("timestamp", DataType.Kind.TIMESTAMP_LTZ, false),
      /** CreateTime, LogAppendTime or NoTimestampType: STRING NOT NULL. */
      TIMESTAMP_TYPE("timestamp-type", DataType.Kind.STRING, false),
      /** The topic's name: STRING NOT NULL. */
      TOPIC("topic", DataType.Kind.STRING, false),
      /** The partition's number: INT NOT NULL. */
      PARTITION("partition", DataType.Kind.INT, false),
      /** The record's offset: BIGINT NOT NULL. */
      OFFSET("offset", DataType.Kind.BIGINT, false),
      /** The leader epoch of the record's batch: INT. */
      LEADER_EPOCH("leader-epoch", DataType.Kind.INT, true),
      /** The record's key as it is on the wire: BYTES. */
      KEY("key", DataType.Kind.BYTES, true);

      private final String sqlName;
      private final DataType.Kind kind;
      private final boolean nullable;

      Key(String sqlName, DataType.Kind kind, boolean nullable) {
        this.sqlName = sqlName;
        this.kind = kind;
        this.nullable = nullable;
      }

      /** The name in METADATA FROM. */
      public String sqlName() {
        return sqlName;
      }

      /** The type in which the connector gives it. */
      public DataType type() {
        return DataType.of(kind).withNullable(nullable);
      }
    }
  }

  /**
   * The watermark of the row's own partition before the row itself is counted in, as an instant or
   * local time by the type of the time column; NULL while the partition has none. This is what
   * CURRENT_WATERMARK reads, so lateness depends on the partition's own order only and is the same
   * in every run.
   *
   * @param type TIMESTAMP(3) or TIMESTAMP_LTZ(3), nullable
   */
  record PartitionWatermark(DataType type) implements ScanColumn {}
}
