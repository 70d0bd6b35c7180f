package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies hold for queues that are there, for those that come, and after a restart. */
class PoliciesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private ManagementFixture node;
  private Connection connection;
  private Channel channel;

  @BeforeEach
  void open() throws Exception {
    start();
  }

  private void start() throws Exception {
    node = new ManagementFixture(folder);
    connection = node.connect();
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  @AfterEach
  void close() {
    connection.abort();
    node.close();
  }

  private void put(String path, String body) throws Exception {
    HttpResponse<String> response = node.send("PUT", path, body);
    assertThat(response.statusCode()).as(response.body()).isIn(201, 204);
  }

  private void publish(String queue, int messages) throws Exception {
    for (int i = 0; i < messages; i++) {
      channel.basicPublish("", queue, null, new byte[] {(byte) i});
    }
    channel.waitForConfirms(60_000);
  }

  private void expectMessages(String queue, long count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(channel.messageCount(queue)).isEqualTo(count));
  }

  @Test
  void aLengthLimitHoldsAtOnceAndGoesWithItsPolicy() throws Exception {
    channel.queueDeclare("q", true, false, false, Map.of());
    publish("q", 10);
    put("/policies/%2F/short", "{\"pattern\":\"^q$\",\"definition\":{\"max-length\":3}}");
    expectMessages("q", 3);
    publish("q", 5);
    expectMessages("q", 3);
    assertThat(node.send("DELETE", "/policies/%2F/short", null).statusCode()).isEqualTo(204);
    publish("q", 5);
    expectMessages("q", 8);
  }

  @Test
  void anOperatorPolicyBoundsWhatAPolicyAndArgumentsAskFor() throws Exception {
    put(
        "/policies/%2F/wide",
        "{\"pattern\":\"^q\",\"priority\":1,"
            + "\"definition\":{\"max-length\":100,\"message-ttl\":60000,\"overflow\":\"reject-publish\"}}");
    put("/policies/%2F/lower", "{\"pattern\":\"^q\",\"definition\":{\"max-length\":1}}");
    put(
        "/operator-policies/%2F/cap",
        "{\"pattern\":\".*\",\"apply-to\":\"queues\",\"definition\":{\"max-length\":5}}");
    channel.queueDeclare("q", true, false, false, Map.of("x-max-length", 4));
    channel.queueDeclare("q2", true, false, false, Map.of("x-max-length", 40));
    channel.queueDeclare("other", true, false, false, Map.of());
    JsonNode shown = node.get("/queues/%2F/q");
    assertThat(shown.path("policy").asText()).isEqualTo("wide");
    assertThat(shown.path("operator_policy").asText()).isEqualTo("cap");
    assertThat(shown.path("effective_policy_definition").toString())
        .isEqualTo("{\"max-length\":5,\"message-ttl\":60000,\"overflow\":\"reject-publish\"}");
    publish("q", 10);
    publish("q2", 10);
    publish("other", 10);
    expectMessages("q", 4);
    expectMessages("q2", 5);
    expectMessages("other", 5);
    // Refused, not dropped: the oldest are there.
    GetResponse first = channel.basicGet("q", true);
    assertThat(first.getBody()).containsExactly(0);
  }

  @Test
  void aPolicyDeadLettersWhatExpiresByIt() throws Exception {
    channel.queueDeclare("dead", true, false, false, Map.of());
    channel.queueDeclare("dying", true, false, false, Map.of());
    put(
        "/policies/%2F/dlx",
        "{\"pattern\":\"^dying$\",\"definition\":"
            + "{\"message-ttl\":1,\"dead-letter-exchange\":\"\",\"dead-letter-routing-key\":\"dead\"}}");
    publish("dying", 2);
    expectMessages("dead", 2);
    assertThat(channel.basicGet("dead", true).getProps().getHeaders()).containsKey("x-death");
  }

  @Test
  void aPolicyGivesAnExchangeItsAlternate() throws Exception {
    channel.exchangeDeclare("orders", "topic", true);
    channel.exchangeDeclare("unrouted", "fanout", true);
    channel.queueDeclare("lost", true, false, false, Map.of());
    channel.queueBind("lost", "unrouted", "");
    put(
        "/policies/%2F/ae",
        "{\"pattern\":\"^orders$\",\"apply-to\":\"exchanges\","
            + "\"definition\":{\"alternate-exchange\":\"unrouted\"}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              channel.basicPublish("orders", "nobody", null, new byte[1]);
              channel.waitForConfirms(60_000);
              assertThat(channel.messageCount("lost")).isPositive();
            });
    assertThat(node.get("/exchanges/%2F/orders").path("policy").asText()).isEqualTo("ae");
  }

  @Test
  void aPolicyExpiresAQueueThatWasDeclaredBefore() throws Exception {
    channel.queueDeclare("old", true, false, false, Map.of());
    put("/policies/%2F/exp", "{\"pattern\":\"^old$\",\"definition\":{\"expires\":50}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(node.send("GET", "/queues/%2F/old", null).statusCode()).isEqualTo(404));
  }

  @Test
  void aPolicyWithASettingThatATypeLacksHoldsForOthersOnly() throws Exception {
    put(
        "/policies/%2F/q",
        "{\"pattern\":\".*\",\"definition\":{\"delivery-limit\":7,\"max-length\":9}}");
    channel.queueDeclare("classic", true, false, false, Map.of());
    channel.queueDeclare("quorum", true, false, false, Map.of("x-queue-type", "quorum"));
    assertThat(node.get("/queues/%2F/classic").path("policy").isNull()).isTrue();
    assertThat(node.get("/queues/%2F/quorum").path("policy").asText()).isEqualTo("q");
  }

  @Test
  void policiesOutliveARestart() throws Exception {
    channel.queueDeclare("q", true, false, false, Map.of());
    put("/policies/%2F/short", "{\"pattern\":\"^q$\",\"definition\":{\"max-length\":3}}");
    put("/global-parameters/team", "{\"value\":{\"a\":[1,true]}}");
    close();
    start();
    assertThat(node.get("/policies/%2F/short").toString())
        .isEqualTo(
            "{\"vhost\":\"/\",\"name\":\"short\",\"pattern\":\"^q$\",\"apply-to\":\"all\","
                + "\"definition\":{\"max-length\":3},\"priority\":0}");
    assertThat(node.get("/global-parameters/team").path("value").toString())
        .isEqualTo("{\"a\":[1,true]}");
    publish("q", 10);
    expectMessages("q", 3);
  }

  private String topicSetting(String topic, String name) {
    return Objects.requireNonNull(node.broker.topics().find(topic))
        .settings()
        .given()
        .getOrDefault(name, "");
  }

  private void expectSetting(String name, String value) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(topicSetting("events", name)).isEqualTo(value));
  }

  @Test
  void aStreamsLogFollowsItsPolicyWhileItIsThere() throws Exception {
    channel.queueDeclare(
        "events", true, false, false, Map.of("x-queue-type", "stream", "x-max-age", "1h"));
    byte[] body = new byte[10_000];
    for (int i = 0; i < 300; i++) {
      channel.basicPublish("", "events", null, body);
    }
    channel.waitForConfirmsOrDie(60_000);
    expectMessages("events", 300);
    put(
        "/policies/%2F/keep",
        "{\"pattern\":\"^events$\",\"definition\":{\"max-length-bytes\":1000000,"
            + "\"stream-max-segment-size-bytes\":1000000,\"max-age\":\"1D\"}}");
    expectSetting("retention.bytes", "1000000");
    expectSetting("segment.bytes", "1048576");
    // The shorter one holds.
    expectSetting("retention.ms", "3600000");
    // What comes next begins new segments, and the old one, which is 3 MB, is too much.
    for (int i = 0; i < 250; i++) {
      channel.basicPublish("", "events", null, body);
    }
    channel.waitForConfirmsOrDie(60_000);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(channel.messageCount("events")).isLessThanOrEqualTo(250));
    connection.close();
    node.close();
    start();
    expectSetting("retention.bytes", "1000000");
    put("/policies/%2F/keep", "{\"pattern\":\"^events$\",\"definition\":{\"max-age\":\"10m\"}}");
    expectSetting("retention.bytes", "-1");
    expectSetting("retention.ms", "600000");
    assertThat(node.send("DELETE", "/policies/%2F/keep", null).statusCode()).isEqualTo(204);
    expectSetting("retention.ms", "3600000");
    expectSetting("segment.bytes", "500000000");
  }
}
