package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Definitions that a RabbitMQ 3.10 exported are made here, and come out as they went in. */
class DefinitionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(DefinitionsTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void load(ManagementFixture node, String path, String definitions)
      throws Exception {
    HttpResponse<String> response = node.send("POST", path, definitions);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
  }

  @Test
  void definitionsOfARealRabbitmqAreMade() throws Exception {
    String exported = resource("rabbitmq-3.10-definitions.json");
    try (ManagementFixture node = new ManagementFixture(folder)) {
      load(node, "/definitions", exported);
      assertThat(node.send("orders:s3cret", "GET", "/whoami", null).body())
          .isEqualTo("{\"name\":\"orders\",\"tags\":[\"monitoring\",\"policymaker\"]}");
      assertThat(node.send("nopass:", "GET", "/whoami", null).statusCode()).isEqualTo(401);
      JsonNode queue = node.get("/queues/%2F/orders.quorum");
      assertThat(queue.path("type").asText()).isEqualTo("quorum");
      assertThat(queue.path("effective_policy_definition").toString())
          .isEqualTo(
              "{\"delivery-limit\":7,\"max-length\":2000,\"message-ttl\":30000,"
                  + "\"overflow\":\"reject-publish\"}");
      assertThat(node.get("/vhost-limits/staging").path(0).path("value").toString())
          .isEqualTo("{\"max-queues\":50}");
      assertSame(JSON.readTree(exported), node.get("/definitions"));
    }
    try (ManagementFixture again = new ManagementFixture(folder)) {
      assertSame(JSON.readTree(exported), again.get("/definitions"));
      // What is there already stays, and is no error.
      load(again, "/definitions", exported);
      load(again, "/definitions", again.get("/definitions").toString());
      assertSame(JSON.readTree(exported), again.get("/definitions"));
    }
  }

  /** What was exported is there, item by item, in whatever order. */
  private static void assertSame(JsonNode expected, JsonNode actual) {
    for (String list :
        new String[] {
          "users",
          "permissions",
          "topic_permissions",
          "parameters",
          "global_parameters",
          "policies",
          "queues",
          "exchanges",
          "bindings"
        }) {
      TreeSet<String> items = new TreeSet<>();
      actual.path(list).forEach(each -> items.add(Sorted.json(each)));
      TreeSet<String> wanted = new TreeSet<>();
      expected.path(list).forEach(each -> wanted.add(Sorted.json(each)));
      assertThat(items).as(list).isEqualTo(wanted);
    }
  }

  @Test
  void definitionsOfOneVirtualHostAreMadeInAnother() throws Exception {
    try (ManagementFixture node = new ManagementFixture(folder)) {
      node.send("PUT", "/vhosts/copy", "{}");
      load(node, "/definitions/copy", resource("rabbitmq-3.10-definitions-staging.json"));
      JsonNode exported = node.get("/definitions/copy");
      assertThat(exported.path("queues").path(0).path("name").asText()).isEqualTo("stage");
      assertThat(exported.path("queues").path(0).has("vhost")).isFalse();
      assertThat(exported.path("bindings").path(0).path("routing_key").asText()).isEqualTo("k");
      assertThat(node.get("/vhost-limits/copy").path(0).path("value").toString())
          .isEqualTo("{\"max-queues\":50}");
    }
  }
}
