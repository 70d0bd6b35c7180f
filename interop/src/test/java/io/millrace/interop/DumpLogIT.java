package io.millrace.interop;

import static io.millrace.interop.KafkaTool.DUMP_LOG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-dump-log} reads the files that a node leaves behind, and finds nothing wrong. */
class DumpLogIT {

  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
  private static final int RECORDS_OF_A_CODEC = 400;

  @TempDir private Path folder;

  @Test
  void segmentsIndexesAndTheBrokersOwnTopicsPassItsChecks() throws Exception {
    Path data = folder.resolve("data");
    try (MillraceNode node = MillraceNode.start(data)) {
      fill(node.bootstrap());
      node.terminate();
    }

    String batches = dump(files(data.resolve("dumped-0"), ".log"), "--print-data-log");
    assertThat(batches.lines().filter(line -> line.startsWith("Dumping ")))
        .as("segments")
        .hasSizeGreaterThan(1);
    assertThat(batches.lines().filter(line -> line.startsWith("baseOffset:")))
        .isNotEmpty()
        .allMatch(line -> line.endsWith("isvalid: true"));
    for (String codec : CODECS) {
      assertThat(batches)
          .contains("compresscodec: " + codec)
          .contains("payload: " + codec + "-399");
    }
    assertThat(batches).contains("endTxnMarker: COMMIT").contains("endTxnMarker: ABORT");

    List<Path> indexes = new ArrayList<>(files(data.resolve("dumped-0"), ".index"));
    indexes.addAll(files(data.resolve("dumped-0"), ".timeindex"));
    assertThat(indexes).as("indexes").hasSizeGreaterThan(3);
    String entries = dump(indexes);
    assertThat(entries)
        .containsPattern("offset: \\d+ position: \\d+")
        .containsPattern("timestamp: \\d+ offset: \\d+")
        .doesNotContain("Mismatches", "not found", "out of order");
    assertThat(dump(indexes, "--index-sanity-check").lines().filter(l -> l.contains("passed")))
        .hasSize(indexes.size());

    assertThat(dump(partitions(data, "__consumer_offsets"), "--offsets-decoder"))
        .contains("{\"group\":\"readers\",\"topic\":\"dumped\",\"partition\":0}")
        .doesNotContain("Error at");
    assertThat(dump(partitions(data, "__transaction_state"), "--transaction-log-decoder"))
        .contains("{\"transactionalId\":\"filler\"}")
        .doesNotContain("Error at");
  }

  private static void fill(String bootstrap) throws Exception {
    Setup.create(bootstrap, "dumped", 1, "segment.bytes=20000", "index.interval.bytes=200");
    for (String codec : CODECS) {
      try (Producer<String, String> producer =
          Setup.producer(bootstrap, "compression.type=" + codec, "batch.size=1000")) {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS_OF_A_CODEC; i++) {
          sent.add(producer.send(new ProducerRecord<>("dumped", 0, "key-" + i, codec + "-" + i)));
        }
        for (Future<?> one : sent) {
          one.get();
        }
      }
    }
    try (Producer<String, String> producer = Setup.producer(bootstrap, "transactional.id=filler")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("dumped", 0, "k", "kept")).get();
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("dumped", 0, "k", "dropped")).get();
      producer.abortTransaction();
    }
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                "readers"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.commitSync(Map.of(new TopicPartition("dumped", 0), new OffsetAndMetadata(7)));
    }
  }

  private static String dump(List<Path> files, String... options) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("--files");
    arguments.add(files.stream().map(Path::toString).collect(Collectors.joining(",")));
    arguments.addAll(List.of(options));
    return Program.run(DUMP_LOG.mainClass, "", arguments).succeeded();
  }

  private static List<Path> partitions(Path data, String topic) throws IOException {
    List<Path> logs = new ArrayList<>();
    try (Stream<Path> folders = Files.list(data)) {
      for (Path partition :
          folders.filter(f -> f.getFileName().toString().startsWith(topic + "-")).toList()) {
        logs.addAll(files(partition, ".log"));
      }
    }
    return logs;
  }

  /** Files of a folder that have something in them. */
  private static List<Path> files(Path folder, String suffix) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(suffix)).sorted().toList()) {
        if (Files.size(file) > 0) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
