package io.millrace.kafka.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.topic.NewTopic;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad frame costs its connection, and nobody else anything. */
class HostileClientTest {

  private static final short PRODUCE_VERSION = 9;

  @TempDir Path folder;
  private NodeFixture node;
  private RawClient bystander;

  @BeforeEach
  void start() throws IOException {
    node = new NodeFixture(folder, KafkaSettings.defaults());
    node.broker().topics().create(new NewTopic("orders", 1, Map.of())).toCompletableFuture().join();
    bystander = new RawClient(node.port());
  }

  @AfterEach
  void stop() throws IOException {
    bystanderIsServed();
    bystander.close();
    await().untilAsserted(() -> assertThat(node.server().budget().held()).isZero());
    node.close();
  }

  private void bystanderIsServed() throws IOException {
    bystander.send(
        RawClient.frame(
            ApiKeys.METADATA, (short) 12, 7, new MetadataRequestData().setTopics(null)));
    MetadataResponseData answer =
        new MetadataResponseData(bystander.answer(ApiKeys.METADATA, (short) 12, 7), (short) 12);
    assertThat(answer.brokers()).hasSize(1);
  }

  private void isClosedAfter(byte[] bytes) throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      client.send(bytes);
      assertThat(client.isClosedByPeer()).isTrue();
    }
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  @Test
  void frameThatIsTooLongCostsItsConnectionBeforeItsBytesAreAwaited() throws IOException {
    isClosedAfter(ints(Integer.MAX_VALUE));
    isClosedAfter(ints(-1));
    isClosedAfter(ints(0));
    assertThat(node.server().metrics().closedForBadFrame()).isEqualTo(3);
  }

  @Test
  void unknownApiCostsItsConnection() throws IOException {
    isClosedAfter(ints(10, 999 << 16, 1, 0));

    assertThat(node.server().metrics().closedForUnknownApi()).isEqualTo(1);
  }

  @Test
  void hostileCountsAreRefusedWithoutAllocation() throws IOException {
    byte[] metadata =
        RawClient.frame(
            ApiKeys.METADATA, (short) 8, 1, new MetadataRequestData().setTopics(List.of()));
    ByteBuffer.wrap(metadata).putInt(17, Integer.MAX_VALUE);
    isClosedAfter(metadata);

    byte[] produce = RawClient.frame(ApiKeys.PRODUCE, (short) 8, 1, produce(new byte[0]));
    ByteBuffer.wrap(produce).putInt(17 + 2 + 2 + 4, Integer.MAX_VALUE);
    isClosedAfter(produce);
  }

  @Test
  void apiVersionsInAnUnknownVersionIsAnswered() throws IOException {
    byte[] frame =
        RawClient.frame(
            ApiKeys.API_VERSIONS,
            (short) 3,
            3,
            new ApiVersionsRequestData()
                .setClientSoftwareName("raw")
                .setClientSoftwareVersion("1"));
    ByteBuffer.wrap(frame).putShort(6, (short) 99);
    try (RawClient client = new RawClient(node.port())) {
      client.send(frame);
      ApiVersionsResponseData answer =
          new ApiVersionsResponseData(client.answer(ApiKeys.API_VERSIONS, (short) 0, 3), (short) 0);
      assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }
  }

  @Test
  void randomBytesNeverDisturbTheNode() throws IOException {
    Random random = new Random(20_260_101);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(400) + 4];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        // A plausible length and API, so that the body's decoder is reached.
        ByteBuffer.wrap(bytes).putInt(0, bytes.length - 4);
        if (bytes.length >= 14) {
          ByteBuffer.wrap(bytes)
              .putShort(4, (short) random.nextInt(80))
              .putShort(6, (short) random.nextInt(14))
              .putShort(12, (short) -1);
        }
      }
      try (RawClient client = new RawClient(node.port())) {
        client.send(bytes);
      }
    }
    bystanderIsServed();
  }

  @Test
  void truncatedRequestHoldsNothingOnceItsClientHasGone() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      client.send(ints(1_000_000, 0));
      await()
          .untilAsserted(() -> assertThat(node.server().budget().held()).isBetween(1L, 100_000L));
    }
    await().untilAsserted(() -> assertThat(node.server().budget().held()).isZero());
  }

  @Test
  void batchWithABadChecksumIsRefusedAndNotAppended() throws IOException {
    byte[] batch = batch();
    batch[batch.length - 1] ^= 1;

    assertThat(appended(batch)).isEqualTo(Errors.CORRUPT_MESSAGE);
    assertThat(endOffset()).isZero();
    assertThat(appended(batch())).isEqualTo(Errors.NONE);
    assertThat(endOffset()).isEqualTo(1);
  }

  @Test
  void batchOfAnOldFormatIsRefusedAsKafkaDoes() throws IOException {
    byte[] batch = batch();
    batch[16] = 1;

    assertThat(appended(batch)).isEqualTo(Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT);
  }

  @Test
  void batchThatClaimsMoreThanIsThereIsRefused() throws IOException {
    byte[] batch = batch();
    ByteBuffer.wrap(batch).putInt(8, Integer.MAX_VALUE - 20);

    assertThat(appended(batch)).isEqualTo(Errors.CORRUPT_MESSAGE);
  }

  @Test
  void batchLargerThanTheTopicAllowsIsRefused() throws IOException {
    node.broker()
        .topics()
        .configure("orders", Map.of("max.message.bytes", "100"))
        .toCompletableFuture()
        .join();
    byte[] large = batch(new byte[200]);

    assertThat(appended(large)).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    assertThat(endOffset()).isZero();
  }

  private long endOffset() {
    return java.util.Objects.requireNonNull(node.broker().topics().find("orders", 0)).endOffset();
  }

  private static byte[] batch() {
    return batch("value".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static byte[] batch(byte[] value) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    builder.add(1000, null, ByteBuffer.wrap(value), List.of());
    ByteBuffer built = builder.build();
    byte[] bytes = new byte[built.remaining()];
    built.get(bytes);
    return bytes;
  }

  private static ProduceRequestData produce(byte[] batch) {
    ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
    request
        .topicData()
        .add(
            new TopicProduceData()
                .setName("orders")
                .setPartitionData(
                    List.of(
                        new PartitionProduceData()
                            .setIndex(0)
                            .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(batch))))));
    return request;
  }

  private Errors appended(byte[] batch) throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      client.send(RawClient.frame(ApiKeys.PRODUCE, PRODUCE_VERSION, 5, produce(batch)));
      ProduceResponseData answer =
          new ProduceResponseData(
              client.answer(ApiKeys.PRODUCE, PRODUCE_VERSION, 5), PRODUCE_VERSION);
      return Errors.forCode(
          answer.responses().iterator().next().partitionResponses().getFirst().errorCode());
    }
  }
}
