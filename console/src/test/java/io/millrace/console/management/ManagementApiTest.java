package io.millrace.console.management;

import static io.millrace.console.management.ManagementFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the API answers, member by member and error by error. Expected answers are those of RabbitMQ
 * 3.10.
 */
class ManagementApiTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static ManagementFixture node;

  @BeforeAll
  static void open() {
    node = new ManagementFixture(folder.resolve("data"));
  }

  @AfterAll
  static void close() {
    node.close();
  }

  // ---- who asks ----

  @Test
  void asksForANameAndAPassword() throws Exception {
    HttpResponse<String> wrong = node.send("guest:wrong", "GET", "/overview", null);
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("www-authenticate"))
        .hasValue("Basic realm=\"RabbitMQ Management\"");
    assertThat(json(wrong).path("reason").asText()).isEqualTo("Login failed");
    assertThat(node.get("/whoami").path("name").asText()).isEqualTo("guest");
  }

  @Test
  void showsAUserWhatItsTagsAllow() throws Exception {
    put("/users/plain", "{\"password\":\"p\",\"tags\":\"\"}", 201);
    put("/users/looks", "{\"password\":\"p\",\"tags\":\"management\"}", 201);
    put("/vhosts/hidden", "", 201);
    assertThat(json(node.send("plain:p", "GET", "/queues", null)).path("reason").asText())
        .isEqualTo("Not management user");
    HttpResponse<String> users = node.send("looks:p", "GET", "/users", null);
    assertThat(users.statusCode()).isEqualTo(401);
    assertThat(json(users).path("reason").asText()).isEqualTo("Not administrator user");
    assertThat(json(node.send("looks:p", "GET", "/vhosts", null))).isEmpty();
    put("/permissions/%2F/looks", "{\"configure\":\"^mine\",\"write\":\"\",\"read\":\"\"}", 201);
    assertThat(json(node.send("looks:p", "GET", "/vhosts", null))).hasSize(1);
    assertThat(node.send("looks:p", "PUT", "/queues/%2F/mine", "{}").statusCode()).isEqualTo(201);
    assertThat(node.send("looks:p", "PUT", "/queues/%2F/yours", "{}").statusCode()).isEqualTo(401);
    assertThat(node.send("looks:p", "GET", "/queues/hidden", null).statusCode()).isEqualTo(401);
  }

  private static void put(String path, String body, int status) throws Exception {
    HttpResponse<String> response = node.send("PUT", path, body);
    assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(status);
  }

  // ---- bad input ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /nope                     |   | 404 | {\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}",
        "GET    | /queues/%2F/nope          |   | 404 | {\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}",
        "GET    | /queues/nov               |   | 404 | {\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}",
        "PUT    | /queues/nov/q             | {} | 404 | {\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}",
        "PUT    | /queues/%2F/q             | { | 400 | {\"error\":\"bad_request\",\"reason\":\"not_json\"}",
        "PUT    | /queues/%2F/q             | [] | 400 | {\"error\":\"bad_request\",\"reason\":\"not_json\"}",
        "PUT    | /queues/%2F/q             | {\"durable\":\"maybe\"} | 400 | {\"error\":\"bad_request\",\"reason\":[\"not_boolean\",\"maybe\"]}",
        "PUT    | /queues/%2F/amq.mine      | {} | 401 | {\"error\":\"not_authorised\",\"reason\":\"Access refused.\"}",
        "DELETE | /exchanges/%2F/amq.direct |   | 401 | {\"error\":\"not_authorised\",\"reason\":\"Access refused.\"}",
        "PUT    | /exchanges/%2F/x          | {\"type\":\"nope\"} | 400 | {\"error\":\"bad_request\",\"reason\":\"unknown exchange type 'nope'\"}",
        "POST   | /bindings/%2F/e/amq.topic/q/nope | {} | 404 | {\"error\":\"not_found\",\"reason\":\"no queue 'nope' in vhost '/'\"}",
        "POST   | /exchanges/%2F/nope/publish | {\"routing_key\":\"\",\"properties\":{},\"payload\":\"\",\"payload_encoding\":\"string\"} | 400 | {\"error\":\"bad_request\",\"reason\":\"404 NOT_FOUND - no exchange 'nope' in vhost '/'\"}",
        "POST   | /exchanges/%2F/amq.topic/publish | {\"routing_key\":\"\",\"properties\":{}} | 400 | {\"error\":\"bad_request\",\"reason\":\"[{key_missing,payload},{key_missing,payload_encoding}]\"}",
        "POST   | /exchanges/%2F/amq.topic/publish | {\"routing_key\":\"\",\"properties\":{},\"payload\":\"\",\"payload_encoding\":\"wat\"} | 400 | {\"error\":\"bad_request\",\"reason\":[\"unsupported_encoding\",\"wat\"]}",
        "POST   | /queues/%2F/nope/get      | {\"count\":1,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"} | 404 | {\"error\":\"not_found\",\"reason\":\"NOT_FOUND - no queue 'nope' in vhost '/'\"}",
        "GET    | /queues?page=x            |   | 400 | {\"error\":\"bad_request\",\"reason\":\"Pagination parameters are invalid\"}",
        "GET    | /queues?page=1&page_size=9999 | | 400 | {\"error\":\"invalid_pagination_parameters\",\"reason\":\"Invalid pagination parameters: page number 1, page size 9999\"}",
        "PUT    | /policies/%2F/p           | {\"pattern\":\"^a\"} | 400 | {\"error\":\"bad_request\",\"reason\":\"[{key_missing,definition}]\"}",
        "PUT    | /policies/%2F/p           | {\"pattern\":\"a\",\"definition\":{\"max-length\":-1}} | 400 | {\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\n-1 is not a valid maximum length\\n\"}",
        "PUT    | /policies/%2F/p           | {\"pattern\":\"a\",\"definition\":{}} | 400 | {\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\nno policy provided\\n\"}",
        "PUT    | /operator-policies/%2F/p  | {\"pattern\":\"a\",\"definition\":{\"alternate-exchange\":\"x\"}} | 400 | {\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\n[{<<\\\"alternate-exchange\\\">>,<<\\\"x\\\">>}] are not recognised policy settings\\n\"}",
        "PUT    | /users/u                  | {\"password\":\"p\"} | 400 | {\"error\":\"bad_request\",\"reason\":\"tags_not_present\"}",
        "PUT    | /permissions/%2F/nouser   | {\"configure\":\"\",\"write\":\"\",\"read\":\"\"} | 400 | {\"error\":\"bad_request\",\"reason\":\"vhost_or_user_not_found\"}",
        "POST   | /definitions              | { | 400 | {\"error\":\"bad_request\",\"reason\":\"failed_to_parse_json\"}",
        "POST   | /definitions              | {\"queues\":[{\"name\":\"a\",\"vhost\":\"nov\"}]} | 400 | {\"error\":\"bad_request\",\"reason\":[\"no_such_vhost\",\"nov\"]}",
        "PUT    | /parameters/shovel/%2F/s  | {\"value\":{}} | 400 | {\"error\":\"bad_request\",\"reason\":\"Validation failed\\n\\ncomponent shovel not found\\n\"}",
        "GET    | /health/checks/port-listener/x | | 400 | {\"error\":\"bad_request\",\"reason\":\"Invalid port\"}"
      })
  void answersBadInputAsRabbitmqDoes(
      String method, String path, String body, int status, String answer) throws Exception {
    HttpResponse<String> response = node.send(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response))
        .isEqualTo(new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer));
  }

  @Test
  void tellsWhichMethodsAPathHas() throws Exception {
    HttpResponse<String> refused = node.send("POST", "/queues", "{}");
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("allow").orElse("")).contains("GET");
    HttpResponse<String> options = node.send("OPTIONS", "/queues/%2F/q", null);
    assertThat(options.statusCode()).isEqualTo(200);
    assertThat(options.headers().firstValue("allow")).hasValue("DELETE, GET, HEAD, OPTIONS, PUT");
  }

  // ---- declaring ----

  @Test
  void declaresAlikeTwiceAndRefusesWhatDiffers() throws Exception {
    put("/queues/%2F/same", "{\"durable\":true}", 201);
    put("/queues/%2F/same", "{\"durable\":true}", 204);
    HttpResponse<String> other = node.send("PUT", "/queues/%2F/same", "{\"durable\":false}");
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(json(other).path("reason").asText())
        .isEqualTo(
            "inequivalent arg 'durable' for queue 'same' in vhost '/': received 'false' but"
                + " current is 'true'");
  }

  @Test
  void namesABindingByItsKeyAndItsArguments() throws Exception {
    put("/queues/%2F/bound", "{}", 201);
    HttpResponse<String> bound =
        node.send(
            "POST",
            "/bindings/%2F/e/amq.topic/q/bound",
            "{\"routing_key\":\"a.#\",\"arguments\":{\"x\":1}}");
    assertThat(bound.statusCode()).isEqualTo(201);
    String location = bound.headers().firstValue("location").orElseThrow();
    assertThat(location).startsWith("bound/a.%23~");
    String key = location.substring("bound/".length());
    String path =
        "/bindings/%2F/e/amq.topic/q/bound/" + URLEncoder.encode(key, StandardCharsets.UTF_8);
    assertThat(node.get(path).path("routing_key").asText()).isEqualTo("a.#");
    assertThat(node.get("/queues/%2F/bound/bindings")).hasSize(2);
    assertThat(node.send("DELETE", path, null).statusCode()).isEqualTo(204);
    assertThat(node.send("GET", path, null).statusCode()).isEqualTo(404);
  }

  // ---- lists ----

  @Test
  void givesListsByPagesInOrderAndByColumns() throws Exception {
    put("/vhosts/pages", "", 201);
    put("/permissions/pages/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}", 201);
    for (String name : new String[] {"c", "a", "b", "other"}) {
      put("/queues/pages/" + name, "{}", 201);
    }
    JsonNode page = node.get("/queues/pages?page=2&page_size=2&columns=name");
    assertThat(page.toString())
        .isEqualTo(
            "{\"filtered_count\":4,\"item_count\":2,\"items\":[{\"name\":\"c\"},{\"name\":\"other\"}],"
                + "\"page\":2,\"page_count\":2,\"page_size\":2,\"total_count\":4}");
    assertThat(node.get("/queues/pages?page=1&name=%5E%5Ba-b%5D%24&use_regex=true").path("items"))
        .hasSize(2);
    assertThat(node.get("/queues/pages?sort=name&sort_reverse=true&columns=name").toString())
        .isEqualTo("[{\"name\":\"other\"},{\"name\":\"c\"},{\"name\":\"b\"},{\"name\":\"a\"}]");
    assertThat(node.get("/queues/pages/a?columns=message_stats.publish,arguments").toString())
        .isEqualTo("{\"message_stats\":{\"publish\":0},\"arguments\":{}}");
  }

  // ---- messages ----

  @Test
  void publishesAndGetsWithAllProperties() throws Exception {
    put("/queues/%2F/props", "{\"durable\":true}", 201);
    String properties =
        "{\"content_type\":\"text/plain\",\"headers\":{\"n\":1,\"list\":[1,2.5,\"x\"],\"yes\":true},"
            + "\"delivery_mode\":2,\"priority\":3,\"timestamp\":123,\"message_id\":\"m\"}";
    HttpResponse<String> published =
        node.send(
            "POST",
            "/exchanges/%2F/amq.default/publish",
            "{\"routing_key\":\"props\",\"properties\":"
                + properties
                + ",\"payload\":\"/w==\",\"payload_encoding\":\"base64\"}");
    assertThat(published.body()).isEqualTo("{\"routed\":true}");
    HttpResponse<String> got =
        node.send(
            "POST",
            "/queues/%2F/props/get",
            "{\"count\":5,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}");
    JsonNode message = json(got).path(0);
    assertThat(message.path("properties"))
        .isEqualTo(new com.fasterxml.jackson.databind.ObjectMapper().readTree(properties));
    assertThat(message.path("payload").asText()).isEqualTo("/w==");
    assertThat(message.path("payload_encoding").asText()).isEqualTo("base64");
    assertThat(message.path("redelivered").asBoolean()).isFalse();
    HttpResponse<String> again =
        node.send(
            "POST",
            "/queues/%2F/props/get",
            "{\"count\":5,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"base64\"}");
    assertThat(json(again).path(0).path("redelivered").asBoolean()).isTrue();
    assertThat(node.get("/queues/%2F/props").path("messages").asInt()).isZero();
  }

  // ---- connections, channels, consumers, rates ----

  @Test
  void showsConnectionsChannelsAndConsumersAndClosesThem() throws Exception {
    CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
    Connection connection = node.connect();
    try {
      connection.addShutdownListener(ended::complete);
      Channel channel = connection.createChannel();
      AMQP.Confirm.SelectOk unused = channel.confirmSelect();
      channel.basicQos(7);
      channel.queueDeclare("watched", false, false, false, Map.of());
      channel.basicPublish("", "watched", MessageProperties.TEXT_PLAIN, new byte[] {1});
      channel.basicPublish("", "nowhere", MessageProperties.TEXT_PLAIN, new byte[] {1});
      channel.waitForConfirmsOrDie(60_000);
      String tag = channel.basicConsume("watched", false, "tag", (t, m) -> {}, t -> {});
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(one("/channels").path("messages_unacknowledged").asInt())
                      .isEqualTo(1));

      JsonNode shown = one("/connections");
      assertThat(shown.path("user").asText()).isEqualTo("guest");
      assertThat(shown.path("vhost").asText()).isEqualTo("/");
      assertThat(shown.path("state").asText()).isEqualTo("running");
      assertThat(shown.path("channels").asInt()).isEqualTo(1);
      assertThat(shown.path("client_properties").path("product").asText()).isEqualTo("RabbitMQ");
      assertThat(shown.path("recv_oct").asLong()).isPositive();
      String name = shown.path("name").asText();
      assertThat(name).endsWith(" -> 127.0.0.1:" + node.amqp.port());

      JsonNode inChannel = one("/channels");
      assertThat(inChannel.path("name").asText()).isEqualTo(name + " (1)");
      assertThat(inChannel.path("confirm").asBoolean()).isTrue();
      assertThat(inChannel.path("prefetch_count").asInt()).isEqualTo(7);
      JsonNode stats = inChannel.path("message_stats");
      assertThat(stats.path("publish").asInt()).isEqualTo(2);
      assertThat(stats.path("confirm").asInt()).isEqualTo(2);
      assertThat(stats.path("deliver").asInt()).isEqualTo(1);
      assertThat(stats.path("drop_unroutable").asInt()).isEqualTo(1);
      assertThat(stats.path("publish_details").has("rate")).isTrue();

      JsonNode consumer = one("/consumers");
      assertThat(consumer.path("consumer_tag").asText()).isEqualTo(tag);
      assertThat(consumer.path("queue").path("name").asText()).isEqualTo("watched");
      assertThat(consumer.path("ack_required").asBoolean()).isTrue();
      assertThat(node.get("/queues/%2F/watched").path("consumer_details")).hasSize(1);

      String path =
          "/connections/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(node.get(path + "/channels")).hasSize(1);
      assertThat(node.send("DELETE", path, null).statusCode()).isEqualTo(204);
      assertThat(ended.get(60, TimeUnit.SECONDS).getMessage())
          .contains("CONNECTION_FORCED", "Closed via management plugin");
    } finally {
      connection.abort();
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(node.get("/connections")).isEmpty());
  }

  private static JsonNode one(String path) throws Exception {
    JsonNode list = node.get(path);
    assertThat(list).as(path).hasSize(1);
    return list.path(0);
  }

  @Test
  void tellsRatesAndTheirHistory() throws Exception {
    put("/queues/%2F/rated", "{}", 201);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              HttpResponse<String> published =
                  node.send(
                      "POST",
                      "/exchanges/%2F/amq.default/publish",
                      "{\"routing_key\":\"rated\",\"properties\":{},\"payload\":\"x\","
                          + "\"payload_encoding\":\"string\"}");
              assertThat(published.statusCode()).isEqualTo(200);
              JsonNode queue =
                  node.get(
                      "/queues/%2F/rated?msg_rates_age=60&msg_rates_incr=1"
                          + "&lengths_age=60&lengths_incr=1");
              JsonNode details = queue.path("message_stats").path("publish_details");
              assertThat(details.path("rate").asDouble()).isPositive();
              assertThat(details.path("samples")).isNotEmpty();
              assertThat(details.has("avg_rate")).isTrue();
              assertThat(queue.path("messages_details").path("samples")).isNotEmpty();
              assertThat(
                      node.get("/overview")
                          .path("message_stats")
                          .path("publish_details")
                          .path("rate")
                          .asDouble())
                  .isPositive();
            });
  }

  // ---- the node ----

  @Test
  void tellsThatItIsWell() throws Exception {
    for (String path :
        new String[] {
          "/aliveness-test/%2F",
          "/healthchecks/node",
          "/health/checks/alarms",
          "/health/checks/local-alarms",
          "/health/checks/virtual-hosts",
          "/health/checks/node-is-quorum-critical",
          "/health/checks/node-is-mirror-sync-critical",
          "/health/checks/certificate-expiration/1/months",
          "/health/checks/protocol-listener/amqp",
          "/health/checks/port-listener/" + node.amqp.port(),
          "/health/checks/port-listener/" + node.port()
        }) {
      assertThat(node.get(path).path("status").asText()).as(path).isEqualTo("ok");
    }
    HttpResponse<String> missing = node.send("GET", "/health/checks/protocol-listener/mqtt", null);
    assertThat(missing.statusCode()).isEqualTo(503);
    assertThat(json(missing).path("reason").asText()).isEqualTo("No active listener");
    JsonNode shown = one("/nodes");
    assertThat(shown.path("running").asBoolean()).isTrue();
    assertThat(shown.path("mem_used").asLong()).isPositive();
    for (String path :
        new String[] {"/extensions", "/auth", "/feature-flags", "/cluster-name", "/overview"}) {
      assertThat(node.get(path)).as(path).isNotNull();
    }
  }

  @Test
  void deletesAVirtualHostWithAllInIt() throws Exception {
    put("/vhosts/short", "{\"description\":\"not for long\",\"tags\":\"a,b\"}", 201);
    put("/permissions/short/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}", 201);
    put("/queues/short/q", "{\"durable\":true}", 201);
    assertThat(node.get("/vhosts/short").path("description").asText()).isEqualTo("not for long");
    put("/vhost-limits/short/max-queues", "{\"value\":1}", 204);
    assertThat(node.send("PUT", "/queues/short/more", "{}").statusCode()).isEqualTo(400);
    assertThat(node.send("DELETE", "/vhosts/short", null).statusCode()).isEqualTo(204);
    assertThat(node.send("GET", "/queues/short", null).statusCode()).isEqualTo(404);
  }
}
