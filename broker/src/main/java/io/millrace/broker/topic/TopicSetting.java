package io.millrace.broker.topic;

import io.millrace.log.batch.Compression;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One setting that a topic can have, as a line of the one table of them. Names and defaults are
 * Kafka's, so that its tools work; {@code durability} and {@code flush.interval.ms} are ours.
 *
 * <p>Some of Kafka's settings have one value that is honoured here, such as {@code preallocate}
 * with {@code false}: that value is accepted, any other refused with the reason, never accepted and
 * ignored.
 *
 * @param defaultValue what holds where neither the topic nor the node says otherwise
 * @param allowed for people: what values there are
 * @param doc for people: what it does
 * @param accepts whether a value can be used
 */
public record TopicSetting(
    String name,
    Type type,
    String defaultValue,
    String allowed,
    String doc,
    Predicate<String> accepts) {

  /** What kind of value it has, in the terms of Kafka's DescribeConfigs. */
  public enum Type {
    BOOLEAN,
    STRING,
    INT,
    LONG,
    DOUBLE,
    LIST
  }

  private static final String UNBOUNDED = Long.toString(Long.MAX_VALUE);

  private static final Set<String> COMPRESSION_TYPES =
      Set.of("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd");

  private static final List<TopicSetting> ALL =
      List.of(
          new TopicSetting(
              "cleanup.policy",
              Type.LIST,
              "delete",
              "delete, compact, or compact,delete",
              "Whether old segments are deleted, or all but the newest record of each key.",
              value -> TopicSettingsReader.cleanup(value) != null),
          number(
              "retention.ms",
              Type.LONG,
              "604800000",
              -1,
              Long.MAX_VALUE,
              "Records older than this are deleted; -1 keeps them."),
          number(
              "retention.bytes",
              Type.LONG,
              "-1",
              -1,
              Long.MAX_VALUE,
              "A partition's oldest segments are deleted while it is larger; -1 for no limit."),
          number(
              "segment.bytes",
              Type.INT,
              "1073741824",
              1024,
              Integer.MAX_VALUE,
              "Size at which the next segment file is begun."),
          number(
              "segment.ms",
              Type.LONG,
              "604800000",
              1,
              Long.MAX_VALUE,
              "Age at which the next segment file is begun."),
          number(
              "index.interval.bytes",
              Type.INT,
              "4096",
              0,
              Integer.MAX_VALUE,
              "Bytes of records between two entries of the offset index."),
          number(
              "max.message.bytes",
              Type.INT,
              "1048588",
              61,
              Integer.MAX_VALUE,
              "Largest record batch, as compressed, that is accepted."),
          new TopicSetting(
              "message.timestamp.type",
              Type.STRING,
              "CreateTime",
              "CreateTime or LogAppendTime",
              "Whether records keep their producer's time or get the time of their append.",
              value -> value.equals("CreateTime") || value.equals("LogAppendTime")),
          number(
              "min.insync.replicas",
              Type.INT,
              "1",
              1,
              Short.MAX_VALUE,
              "Replicas that must have a record before it is acknowledged to acks=all."),
          new TopicSetting(
              "durability",
              Type.STRING,
              "os",
              "os, interval or commit",
              "When acks=all is answered: once the operating system has the record (os), the same"
                  + " with a force to disk every flush.interval.ms (interval), or once it is forced"
                  + " to disk (commit).",
              value -> TopicSettingsReader.durability(value) != null),
          number(
              "flush.interval.ms",
              Type.LONG,
              "1000",
              1,
              Long.MAX_VALUE,
              "Time between two forces to disk with durability=interval."),
          number(
              "flush.ms",
              Type.LONG,
              UNBOUNDED,
              1,
              Long.MAX_VALUE,
              "Kafka's name for durability=interval with this flush.interval.ms."),
          new TopicSetting(
              "flush.messages",
              Type.LONG,
              UNBOUNDED,
              "1, or " + UNBOUNDED + " for no forces by count",
              "With 1, Kafka's name for durability=commit.",
              value -> value.equals("1") || value.equals(UNBOUNDED)),
          new TopicSetting(
              "compression.type",
              Type.STRING,
              "producer",
              "producer, uncompressed, gzip, snappy, lz4 or zstd",
              "How records are kept: as their producer compressed them, or in this codec, for which"
                  + " batches in another one are recompressed.",
              COMPRESSION_TYPES::contains),
          level(
              "compression.gzip.level",
              Compression.GZIP,
              "-1, or a whole number from 1 to 9",
              "Level of compression.type=gzip; -1 for zlib's own default."),
          level(
              "compression.lz4.level",
              Compression.LZ4,
              "a whole number from 1 to 17",
              "Level of compression.type=lz4; 9 stands for its fast compressor, as in Kafka."),
          level(
              "compression.zstd.level",
              Compression.ZSTD,
              "a whole number from -131072 to 22",
              "Level of compression.type=zstd."),
          number(
              "delete.retention.ms",
              Type.LONG,
              "86400000",
              0,
              Long.MAX_VALUE,
              "How long compaction keeps tombstones and transaction markers once nothing else is"
                  + " left of what they end."),
          number(
              "file.delete.delay.ms",
              Type.LONG,
              "60000",
              0,
              Long.MAX_VALUE,
              "How long the files of a segment that retention took away stay on disk. They are"
                  + " readable for those who read them in any case."),
          only(
              "follower.replication.throttled.replicas",
              Type.LIST,
              "",
              "There is nothing to replicate on a single node."),
          only(
              "leader.replication.throttled.replicas",
              Type.LIST,
              "",
              "There is nothing to replicate on a single node."),
          number(
              "max.compaction.lag.ms",
              Type.LONG,
              UNBOUNDED,
              1,
              Long.MAX_VALUE,
              "A log is compacted at the latest once a new record is this old; its segments are"
                  + " closed at this age too."),
          number(
              "min.compaction.lag.ms",
              Type.LONG,
              "0",
              0,
              Long.MAX_VALUE,
              "Records younger than this are not compacted."),
          new TopicSetting(
              "min.cleanable.dirty.ratio",
              Type.DOUBLE,
              "0.5",
              "a number from 0 to 1",
              "A log is compacted once more than this part of its closed segments is new.",
              value -> TopicSettingsReader.ratio(value) >= 0),
          number(
              "message.timestamp.before.max.ms",
              Type.LONG,
              UNBOUNDED,
              0,
              Long.MAX_VALUE,
              "Records older than this at their append are refused."),
          number(
              "message.timestamp.after.max.ms",
              Type.LONG,
              "3600000",
              0,
              Long.MAX_VALUE,
              "Records that are this much newer than the time of their append, as their batch says,"
                  + " are refused."),
          number(
              "max.decompressed.message.bytes",
              Type.INT,
              "67108864",
              4096,
              Integer.MAX_VALUE - 8,
              "What a batch may decompress to where the broker looks at its records: for"
                  + " compression.type, compaction's keys and message.timestamp.before.max.ms."),
          only("preallocate", Type.BOOLEAN, "false", "Segment files grow as they are written."),
          number(
              "segment.index.bytes",
              Type.INT,
              "10485760",
              4,
              Integer.MAX_VALUE,
              "The next segment file is begun once an index of the present one has this many bytes."),
          number(
              "segment.jitter.ms",
              Type.LONG,
              "0",
              0,
              Long.MAX_VALUE,
              "The next segment file is begun up to this much before segment.ms, each at another"
                  + " moment."),
          only(
              "unclean.leader.election.enable",
              Type.BOOLEAN,
              "false",
              "Only a replica that has every acknowledged record may lead."),
          only(
              "remote.storage.enable",
              Type.BOOLEAN,
              "false",
              "All segments are in the data folder."),
          only(
              "remote.log.copy.disable",
              Type.BOOLEAN,
              "false",
              "All segments are in the data folder."),
          only(
              "remote.log.delete.on.disable",
              Type.BOOLEAN,
              "false",
              "All segments are in the data folder."),
          only("remote.copy.lag.ms", Type.LONG, "0", "All segments are in the data folder."),
          only("remote.copy.lag.bytes", Type.LONG, "-1", "All segments are in the data folder."),
          only(
              "local.retention.ms",
              Type.LONG,
              "-2",
              "All segments are in the data folder, so retention.ms is what counts."),
          only(
              "local.retention.bytes",
              Type.LONG,
              "-2",
              "All segments are in the data folder, so retention.bytes is what counts."),
          only(
              "errors.deadletterqueue.group.enable",
              Type.BOOLEAN,
              "false",
              "No group writes records that it could not process to another topic."));

  private static TopicSetting level(String name, Compression codec, String allowed, String doc) {
    return new TopicSetting(
        name,
        Type.INT,
        Integer.toString(codec.defaultLevel()),
        allowed,
        doc,
        value -> {
          try {
            int level = Integer.parseInt(value.strip());
            boolean isDefault = level == codec.defaultLevel();
            boolean isZero = level == 0 && codec == Compression.GZIP;
            return isDefault || (level >= codec.minLevel() && level <= codec.maxLevel() && !isZero);
          } catch (NumberFormatException e) {
            return false;
          }
        });
  }

  /** All settings that a topic can have. */
  public static List<TopicSetting> all() {
    return ALL;
  }

  /** The same setting with another default. */
  public TopicSetting withDefault(String value) {
    return new TopicSetting(name, type, value, allowed, doc, accepts);
  }

  private static TopicSetting number(
      String name, Type type, String defaultValue, long least, long most, String doc) {
    return new TopicSetting(
        name,
        type,
        defaultValue,
        "a whole number from " + least + " to " + most,
        doc,
        value -> {
          try {
            long number = Long.parseLong(value.strip());
            return number >= least && number <= most;
          } catch (NumberFormatException e) {
            return false;
          }
        });
  }

  private static TopicSetting only(String name, Type type, String value, String why) {
    String allowed = value.isEmpty() ? "only an empty value" : "only " + value;
    return new TopicSetting(name, type, value, allowed, why, value::equals);
  }
}
