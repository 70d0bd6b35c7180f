package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.GetAckMode;
import com.rabbitmq.http.client.GetEncoding;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.OutboundMessage;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import com.rabbitmq.http.client.domain.UserPermissions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ's Java client of the API, unmodified. */
class HopTest {

  @TempDir private Path folder;
  private ManagementFixture node;
  private Client client;

  @BeforeEach
  void open() throws Exception {
    node = new ManagementFixture(folder);
    client =
        new Client(
            new ClientParameters()
                .url("http://127.0.0.1:" + node.port() + "/api/")
                .username("guest")
                .password("guest"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void readsAllThatIsShown() throws Exception {
    try (Connection connection = node.connect()) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("q", false, false, false, Map.of());
      String unused = channel.basicConsume("q", true, (tag, message) -> {}, tag -> {});
      assertThat(client.getOverview().getNode()).isEqualTo("millrace@localhost");
      assertThat(client.getNodes()).hasSize(1);
      assertThat(client.getVhosts()).hasSize(1);
      assertThat(client.alivenessTest("/")).isTrue();
      assertThat(client.getConnections())
          .singleElement()
          .satisfies(each -> assertThat(each.getName()).contains(" -> 127.0.0.1:"));
      assertThat(client.getChannels()).hasSize(1);
      assertThat(client.getConsumers()).hasSize(1);
      assertThat(client.getQueue("/", "q").getConsumerCount()).isEqualTo(1);
    }
  }

  @Test
  void declaresPublishesGetsAndSetsPolicies() {
    client.declareExchange("/", "orders", new ExchangeInfo("topic", true, false));
    client.declareQueue("/", "eu", new QueueInfo(true, false, false));
    client.bindQueue("/", "eu", "orders", "eu.#");
    assertThat(client.getQueueBindings("/", "eu")).hasSize(2);
    client.declarePolicy(
        "/", "short", new PolicyInfo("^eu$", 1, "queues", Map.of("max-length", 5)));
    assertThat(
            client.publish(
                "/", "orders", "eu.de", new OutboundMessage().payload("hello").utf8Encoded()))
        .isTrue();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              QueueInfo queue = client.getQueue("/", "eu");
              assertThat(queue.getMessagesReady()).isEqualTo(1);
              assertThat(queue.getEffectivePolicyDefinition()).containsEntry("max-length", 5);
            });
    assertThat(client.get("/", "eu", 5, GetAckMode.ACK_REQUEUE_FALSE, GetEncoding.AUTO))
        .singleElement()
        .satisfies(each -> assertThat(each.getPayload()).isEqualTo("hello"));
    client.createUser("orders", "s3cret".toCharArray(), List.of("monitoring"));
    client.updatePermissions("/", "orders", new UserPermissions(".*", ".*", ".*"));
    assertThat(client.getDefinitions().getUsers()).hasSize(2);
  }
}
