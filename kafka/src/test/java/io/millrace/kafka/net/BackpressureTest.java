package io.millrace.kafka.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that asks without reading the answers is left unread, not buffered without end. */
class BackpressureTest {

  @TempDir Path folder;

  @Test
  void clientThatDoesNotReadIsNotReadAndGetsAllAnswersInOrderOnceItDoes() throws Exception {
    short version = 12;
    MetadataRequestData request =
        new MetadataRequestData()
            .setAllowAutoTopicCreation(false)
            .setTopics(
                java.util.stream.IntStream.range(0, 300)
                    .mapToObj(i -> new MetadataRequestTopic().setName("missing-" + i))
                    .toList());
    int count = 3000;
    try (NodeFixture node = new NodeFixture(folder, KafkaSettings.defaults());
        RawClient client = new RawClient(node.port())) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < count; i++) {
                        client.send(RawClient.frame(ApiKeys.METADATA, version, i, request));
                      }
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      await().untilAsserted(() -> assertThat(node.server().metrics().throttled()).isPositive());
      assertThat(node.server().budget().held()).isLessThan(32 << 20);

      for (int i = 0; i < count; i++) {
        MetadataResponseData answer =
            new MetadataResponseData(client.answer(ApiKeys.METADATA, version, i), version);
        assertThat(answer.topics()).hasSize(300);
      }
      sender.join();
    }
  }
}
