package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.topic.Partition;
import io.millrace.kafka.NodeFixture;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a topic's settings say about the records that it takes, and how it keeps them. */
class TopicRecordsTest {

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() {
    node = new NodeFixture(folder);
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private void create(String topic, Map<String, String> settings) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(settings))).all().get();
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", node.bootstrap());
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private RecordMetadata send(Map<String, Object> settings, ProducerRecord<String, String> record)
      throws Exception {
    try (KafkaProducer<String, String> producer = producer(settings)) {
      return producer.send(record).get();
    }
  }

  private void fill(String topic, String codec, int records) {
    try (KafkaProducer<String, String> producer =
        producer(Map.of("compression.type", codec, "batch.size", 2000))) {
      for (int i = 0; i < records; i++) {
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(topic, 0, "k" + i, value(i)));
      }
    }
  }

  private static String value(int i) {
    return "a value that is much like the others, number " + i;
  }

  private List<ConsumerRecord<String, String>> read(String topic, int count) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", node.bootstrap()),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
              });
    }
    return records;
  }

  private Partition partition(String topic) {
    return Objects.requireNonNull(node.broker().topics().find(topic, 0));
  }

  private Set<Compression> stored(String topic) {
    Set<Compression> found = EnumSet.noneOf(Compression.class);
    Partition partition = partition(topic);
    long offset = 0;
    while (offset < partition.highWatermark()) {
      try (LogSlice slice = partition.read(offset, 1 << 20)) {
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.copyTo(bytes);
        for (int at = 0; at < bytes.limit(); at += RecordBatchView.sizeBytes(bytes, at)) {
          RecordBatchView.check(bytes, at, bytes.limit() - at);
          found.add(RecordBatchView.compression(bytes, at));
          offset = RecordBatchView.lastOffset(bytes, at) + 1;
        }
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "producer, lz4, LZ4",
    "uncompressed, zstd, NONE",
    "gzip, none, GZIP",
    "snappy, gzip, SNAPPY",
    "lz4, snappy, LZ4",
    "zstd, none, ZSTD",
    "zstd, lz4, ZSTD"
  })
  void recordsAreKeptInTheCodecOfTheirTopicAndInTheirOrder(
      String type, String sentAs, Compression kept) throws Exception {
    create("t", Map.of("compression.type", type));
    int records = 500;
    fill("t", sentAs, records);
    assertThat(stored("t")).containsExactly(kept);
    assertThat(read("t", records))
        .extracting(ConsumerRecord::value)
        .containsExactlyElementsOf(
            IntStream.range(0, records).mapToObj(TopicRecordsTest::value).toList());
  }

  @ParameterizedTest
  @CsvSource({"gzip, 1, 9", "lz4, 1, 17", "zstd, -50, 19"})
  void aHigherLevelMakesThemSmaller(String type, String low, String high) throws Exception {
    create("low", Map.of("compression.type", type, "compression." + type + ".level", low));
    create("high", Map.of("compression.type", type, "compression." + type + ".level", high));
    String text = IntStream.range(0, 3000).mapToObj(i -> i * i % 997 + " ").toList().toString();
    for (String topic : List.of("low", "high")) {
      send(Map.of(), new ProducerRecord<>(topic, text));
      assertThat(read(topic, 1)).singleElement().extracting(ConsumerRecord::value).isEqualTo(text);
    }
    assertThat(partition("high").sizeBytes()).isLessThan(partition("low").sizeBytes());
  }

  @Test
  void aBatchThatDecompressesToMoreThanItsTopicAllowsIsRefused() throws Exception {
    create(
        "t", Map.of("compression.type", "uncompressed", "max.decompressed.message.bytes", "10000"));
    assertThatThrownBy(
            () ->
                send(
                    Map.of("compression.type", "gzip", "retries", 0),
                    new ProducerRecord<>("t", "x".repeat(100_000))))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CorruptRecordException.class);
    assertThat(partition("t").endOffset()).isZero();
  }

  @Test
  void recordsTooFarFromNowAreRefused() throws Exception {
    create("usual", Map.of());
    create("strict", Map.of("message.timestamp.before.max.ms", "60000"));
    long now = System.currentTimeMillis();
    long hours = Duration.ofHours(2).toMillis();
    send(Map.of(), new ProducerRecord<>("usual", 0, now - 1000 * hours, "k", "old"));
    for (ProducerRecord<String, String> refused :
        List.of(
            new ProducerRecord<>("usual", 0, now + hours, "k", "from the future"),
            new ProducerRecord<>("strict", 0, now - hours, "k", "from the past"))) {
      assertThatThrownBy(() -> send(Map.of(), refused))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InvalidTimestampException.class);
    }
    send(Map.of(), new ProducerRecord<>("strict", 0, now, "k", "present"));
  }

  @Test
  void withAppendTimeTheBrokersTimeIsTheRecords() throws Exception {
    create("t", Map.of("message.timestamp.type", "LogAppendTime", "compression.type", "zstd"));
    long before = System.currentTimeMillis();
    RecordMetadata written = send(Map.of(), new ProducerRecord<>("t", 0, 1000L, "k", "v"));
    assertThat(written.timestamp()).isBetween(before, System.currentTimeMillis());
    assertThat(read("t", 1))
        .singleElement()
        .extracting(ConsumerRecord::timestamp)
        .isEqualTo(written.timestamp());
  }

  @Test
  void oneNodeCannotHaveTwoReplicasInSync() throws Exception {
    create("t", Map.of("min.insync.replicas", "2"));
    assertThatThrownBy(
            () -> send(Map.of("acks", "all", "retries", 0), new ProducerRecord<>("t", "for all")))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(NotEnoughReplicasException.class);
    send(
        Map.of("acks", "1", "enable.idempotence", false),
        new ProducerRecord<>("t", "for the leader"));
    assertThat(read("t", 1)).extracting(ConsumerRecord::value).containsExactly("for the leader");
  }
}
