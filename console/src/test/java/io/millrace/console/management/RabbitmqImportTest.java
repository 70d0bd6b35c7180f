package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was declared here is taken to a real rabbitmq-server by the definitions: nothing is kept.
 */
class RabbitmqImportTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static void put(ManagementFixture node, String path, String body) throws Exception {
    HttpResponse<String> response = node.send("PUT", path, body);
    assertThat(response.statusCode()).as(response.body()).isIn(201, 204);
  }

  private static void declare(ManagementFixture node) throws Exception {
    put(node, "/vhosts/staging", "{\"description\":\"before production\",\"tags\":\"qa\"}");
    put(node, "/users/orders", "{\"password\":\"s3cret\",\"tags\":\"monitoring,policymaker\"}");
    put(
        node,
        "/permissions/staging/orders",
        "{\"configure\":\"^q\",\"write\":\".*\",\"read\":\".*\"}");
    put(node, "/permissions/%2F/orders", "{\"configure\":\"\",\"write\":\".*\",\"read\":\"\"}");
    put(
        node,
        "/topic-permissions/%2F/orders",
        "{\"exchange\":\"orders\",\"write\":\"^eu\",\"read\":\".*\"}");
    put(node, "/vhost-limits/staging/max-queues", "{\"value\":50}");
    put(
        node,
        "/policies/%2F/short",
        """
        {"pattern":"^tasks","apply-to":"queues","priority":2,
         "definition":{"max-length":1000,"overflow":"reject-publish","message-ttl":60000}}""");
    put(
        node,
        "/operator-policies/%2F/bound",
        "{\"pattern\":\".*\",\"apply-to\":\"queues\",\"definition\":{\"max-length\":100000}}");
    put(node, "/global-parameters/region", "{\"value\":{\"name\":\"eu\",\"zones\":[1,2]}}");
    put(
        node,
        "/permissions/staging/guest",
        "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    put(node, "/queues/staging/quiet", "{\"durable\":false,\"auto_delete\":true}");
    try (Connection connection = node.connect()) {
      Channel channel = connection.createChannel();
      channel.exchangeDeclare("orders", "topic", true);
      channel.exchangeDeclare(
          "audit", "fanout", true, false, true, Map.of("alternate-exchange", "orders"));
      channel.exchangeDeclare("by-header", "headers", false, true, Map.of());
      channel.queueDeclare(
          "tasks",
          true,
          false,
          false,
          Map.of(
              "x-max-priority",
              5,
              "x-dead-letter-exchange",
              "orders",
              "x-dead-letter-routing-key",
              "dead"));
      channel.queueDeclare(
          "tasks.quorum",
          true,
          false,
          false,
          Map.of("x-queue-type", "quorum", "x-delivery-limit", 7));
      channel.queueDeclare(
          "events", true, false, false, Map.of("x-queue-type", "stream", "x-max-age", "7D"));
      channel.queueDeclare(
          "solo", true, false, false, Map.of("x-single-active-consumer", true, "x-retain", 1000));
      channel.exchangeBind("audit", "orders", "#");
      channel.queueBind("tasks", "orders", "eu.*");
      channel.queueBind("events", "audit", "");
      channel.queueBind(
          "tasks.quorum", "by-header", "", Map.of("x-match", "all", "kind", "task", "level", 3));
      // It goes with its connection, and is in no definitions.
      String unused = channel.queueDeclare().getQueue();
    }
  }

  @Test
  void aRealServerMakesAllThatWasDeclared() throws Exception {
    RabbitmqServer.requireInstalled();
    try (ManagementFixture node = new ManagementFixture(folder.resolve("millrace"));
        RabbitmqServer real = RabbitmqServer.start(folder.resolve("rabbitmq"))) {
      declare(node);
      JsonNode exported = node.get("/definitions");
      HttpResponse<String> taken =
          real.send("guest:guest", "POST", "/definitions", exported.toString());
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(204);

      JsonNode there = JSON.readTree(real.send("guest:guest", "GET", "/definitions", null).body());
      for (String list :
          new String[] {
            "permissions",
            "topic_permissions",
            "policies",
            "parameters",
            "queues",
            "exchanges",
            "bindings"
          }) {
        assertThat(items(there, list)).as(list).isEqualTo(items(exported, list));
        assertThat(items(there, list)).as(list).isNotEmpty();
      }
      assertThat(items(there, "global_parameters"))
          .containsAll(items(exported, "global_parameters"));
      assertThat(items(there, "users")).isEqualTo(items(exported, "users"));
      HttpResponse<String> login = real.send("orders:s3cret", "GET", "/whoami", null);
      assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
      // It works on what it has made, in its own time.
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(queue(real, "tasks").path("policy").asText()).isEqualTo("short");
                assertThat(queue(real, "tasks.quorum").path("type").asText()).isEqualTo("quorum");
                assertThat(queue(real, "events").path("type").asText()).isEqualTo("stream");
              });

      // And back: what the real server says of it is what there is here.
      HttpResponse<String> back = node.send("POST", "/definitions", there.toString());
      assertThat(back.statusCode()).as(back.body()).isEqualTo(204);
    }
  }

  private static JsonNode queue(RabbitmqServer real, String name) throws Exception {
    return JSON.readTree(real.send("guest:guest", "GET", "/queues/%2F/" + name, null).body());
  }

  private static Set<String> items(JsonNode definitions, String list) {
    Set<String> items = new TreeSet<>();
    definitions.path(list).forEach(each -> items.add(Sorted.json(each)));
    return items;
  }
}
