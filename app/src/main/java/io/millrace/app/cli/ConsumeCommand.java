package io.millrace.app.cli;

import io.millrace.app.cli.record.FormatOptions;
import io.millrace.app.cli.record.RecordCodec;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace consume}. */
@Command(
    name = "consume",
    mixinStandardHelpOptions = true,
    description = "Prints the records of a topic as they come.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace consume orders",
      "  millrace consume orders --from beginning --until-end --format json",
      "  millrace consume orders --from 2026-01-31T12:00:00Z --max 10 --keys",
      "  millrace consume orders --keys --filter 'SFO|LAX'",
      "  millrace consume orders --group billing",
      "  millrace consume orders --value-format avro --registry http://127.0.0.1:8081"
    })
public final class ConsumeCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LOOKUP = Duration.ofSeconds(20);

  /** How a record is printed. */
  enum Format {
    TEXT,
    JSON
  }

  @Mixin private final ClusterOptions cluster = new ClusterOptions();
  @Mixin private final FormatOptions formats = new FormatOptions();

  @Parameters(paramLabel = "TOPIC", description = "Where the records come from.")
  private String topic = "";

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      defaultValue = "end",
      description =
          Place.ALLOWED + " (default: ${DEFAULT-VALUE}; with --group where the group stopped).")
  private String from = "end";

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Only this partition.")
  private @Nullable Integer partition;

  @Option(
      names = {"-n", "--max"},
      paramLabel = "N",
      description = "Stop after so many records.")
  private @Nullable Long max;

  @Option(
      names = {"-e", "--until-end"},
      description = "Stop at what is the end now.")
  private boolean untilEnd;

  @Option(
      names = {"-g", "--group"},
      paramLabel = "GROUP",
      description = "Read as a member of a consumer group, and remember how far it came.")
  private @Nullable String group;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "text",
      description =
          "text: the value. json: an object with topic, partition, offset, timestamp, key, value"
              + " and headers (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = {"-k", "--keys"},
      description = "In front of a text value its key and a tab.")
  private boolean keys;

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description =
          "Only records in whose key, value or one of the headers this Java regular expression is"
              + " found.")
  private @Nullable Pattern filter;

  private @Nullable RecordCodec shownKeys;
  private @Nullable RecordCodec shownValues;
  private long printed;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> properties = cluster.properties();
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", from.equals("beginning") ? "earliest" : "latest");
    properties.put("default.api.timeout.ms", (int) LOOKUP.toMillis());
    if (group != null) {
      if (partition != null) {
        throw CommandException.usage("--partition does not go with --group: the group assigns");
      }
      properties.put("group.id", group);
    }
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    shownKeys = formats.shownKeys();
    shownValues = formats.shownValues();
    try (formats;
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = place(consumer);
      Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
      while (!done(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
          if (!isFull() && !(untilEnd && end != null && record.offset() >= end)) {
            if (isWanted(record)) {
              print(record, out);
              printed++;
            }
            read.put(
                new TopicPartition(record.topic(), record.partition()),
                new OffsetAndMetadata(record.offset() + 1));
          }
        }
        out.flush();
        if (out.checkError()) {
          break; // whoever read the output is gone
        }
        if (group != null && !read.isEmpty()) {
          consumer.commitSync(read);
          read.clear();
        }
      }
    }
    return 0;
  }

  /** Begins where it was asked to, and returns where each partition ends now. */
  private Map<TopicPartition, Long> place(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = partitions(consumer);
    if (group != null) {
      consumer.subscribe(List.of(topic));
    } else {
      consumer.assign(partitions);
      seek(consumer, partitions, Place.parse("--from", from));
    }
    return untilEnd ? new HashMap<>(consumer.endOffsets(partitions)) : Map.of();
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    List<PartitionInfo> known = consumer.listTopics(LOOKUP).getOrDefault(topic, List.of());
    for (PartitionInfo info : known) {
      if (partition == null || partition == info.partition()) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    if (known.isEmpty()) {
      throw CommandException.failed("there is no topic " + topic);
    }
    if (partitions.isEmpty()) {
      throw CommandException.failed(
          topic + " has no partition " + partition + ", only 0 to " + (known.size() - 1));
    }
    return partitions;
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Place place) {
    switch (place) {
      case Place.Beginning beginning -> consumer.seekToBeginning(partitions);
      case Place.End end -> consumer.seekToEnd(partitions);
      case Place.Offset at -> partitions.forEach(each -> consumer.seek(each, at.offset()));
      case Place.Time time -> seekToTime(consumer, partitions, time.millis());
    }
  }

  private static void seekToTime(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, long millis) {
    Map<TopicPartition, Long> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, millis));
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found =
        new HashMap<>(consumer.offsetsForTimes(asked));
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp first = found.get(partition);
      if (first == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, first.offset());
      }
    }
  }

  private boolean isWanted(ConsumerRecord<byte[], byte[]> record) {
    if (filter == null || isFoundIn(record.key()) || isFoundIn(record.value())) {
      return true;
    }
    for (Header header : record.headers()) {
      if (isFoundIn(header.value())) {
        return true;
      }
    }
    return false;
  }

  private boolean isFoundIn(byte @Nullable [] bytes) {
    Pattern wanted = filter;
    return wanted != null
        && bytes != null
        && wanted.matcher(new String(bytes, StandardCharsets.UTF_8)).find();
  }

  private boolean isFull() {
    return max != null && printed >= max;
  }

  private boolean done(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    if (isFull()) {
      return true;
    }
    if (!untilEnd || consumer.assignment().isEmpty()) {
      return false;
    }
    for (TopicPartition each : consumer.assignment()) {
      Long end = ends.get(each);
      if (end != null && consumer.position(each) < end) {
        return false;
      }
    }
    return true;
  }

  private void print(ConsumerRecord<byte[], byte[]> record, PrintStream out) {
    try {
      if (json || format == Format.JSON) {
        out.println(RecordJson.write(record, shownKeys, shownValues));
        return;
      }
      byte[] key = keys ? shown(record.key(), shownKeys) : null;
      byte[] value = shown(record.value(), shownValues);
      if (keys) {
        writeBytes(key, out);
        out.print('\t');
      }
      writeBytes(value, out);
      out.println();
    } catch (CommandException e) {
      out.flush();
      throw CommandException.failed(
          "the record at offset "
              + record.offset()
              + " of partition "
              + record.partition()
              + " cannot be shown: "
              + e.getMessage());
    }
  }

  private static byte @Nullable [] shown(byte @Nullable [] bytes, @Nullable RecordCodec codec) {
    return bytes == null || codec == null ? bytes : codec.show(bytes);
  }

  /** Bytes as they are, a missing value as nothing. */
  private static void writeBytes(byte @Nullable [] bytes, PrintStream out) {
    if (bytes != null) {
      out.writeBytes(bytes);
    }
  }
}
