package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry's paths, documents, media types and error codes, as its clients check them. */
class SchemaRegistryApiTest {

  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() {
    node = new ConsoleFixture(folder);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static String avro(String name, String type) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"%s\",\"type\":\"%s\"}]}"
        .formatted(name, type);
  }

  private static ObjectNode schema(String text) {
    return JsonNodeFactory.instance.objectNode().put("schema", text);
  }

  private HttpResponse<String> send(String method, String path, Object body) throws Exception {
    HttpRequest.Builder request = node.request(path).header("Content-Type", MEDIA_TYPE);
    return node.send(request.method(method, BodyPublishers.ofString(body.toString())));
  }

  private JsonNode ok(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue(MEDIA_TYPE);
    return JSON.readTree(response.body());
  }

  private JsonNode get(String path) throws Exception {
    return ok(node.get(path));
  }

  private JsonNode register(String subject, ObjectNode schema) throws Exception {
    return ok(send("POST", "/subjects/" + subject + "/versions", schema));
  }

  private void assertError(HttpResponse<String> response, int status, int code) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode document = JSON.readTree(response.body());
    assertThat(document.path("error_code").asInt()).isEqualTo(code);
    assertThat(document.path("message").asText()).isNotEmpty();
  }

  @Test
  void aRegisteredSchemaIsFoundByIdVersionAndText() throws Exception {
    assertThat(register("a-value", schema(avro("f", "int"))).toString()).isEqualTo("{\"id\":1}");

    assertThat(get("/schemas/ids/1").toString()).isEqualTo(schema(avro("f", "int")).toString());
    assertThat(get("/schemas/ids/1?fetchMaxId=true").path("maxId").asInt()).isEqualTo(1);
    assertThat(get("/schemas/ids/1/schema").path("name").asText()).isEqualTo("R");
    assertThat(get("/schemas/ids/1/subjects").toString()).isEqualTo("[\"a-value\"]");
    assertThat(get("/schemas/ids/1/versions").toString())
        .isEqualTo("[{\"subject\":\"a-value\",\"version\":1}]");
    for (String version : new String[] {"1", "latest", "-1"}) {
      JsonNode found = get("/subjects/a-value/versions/" + version);
      assertThat(found.path("subject").asText()).isEqualTo("a-value");
      assertThat(found.path("version").asInt()).isEqualTo(1);
      assertThat(found.path("id").asInt()).isEqualTo(1);
    }
    assertThat(get("/subjects/a-value/versions/1/schema").path("name").asText()).isEqualTo("R");
    JsonNode lookedUp = ok(send("POST", "/subjects/a-value", schema(avro("f", "int"))));
    assertThat(lookedUp.path("version").asInt()).isEqualTo(1);
    assertThat(get("/schemas/types").toString()).isEqualTo("[\"JSON\",\"PROTOBUF\",\"AVRO\"]");
  }

  @Test
  void subjectsAndSchemasAreListedByPrefixStateAndPage() throws Exception {
    for (String subject : new String[] {"a", "ab", "b", ":.test:a"}) {
      register(subject, schema(avro("f", "int")));
    }
    register("ab", schema(avro("f", "long")));
    ok(send("DELETE", "/subjects/b", ""));

    assertThat(get("/subjects").toString()).isEqualTo("[\":.test:a\",\"a\",\"ab\"]");
    assertThat(get("/subjects?subjectPrefix=a").toString()).isEqualTo("[\"a\",\"ab\"]");
    assertThat(get("/subjects?subjectPrefix=:.test:").toString()).isEqualTo("[\":.test:a\"]");
    assertThat(get("/subjects?deletedOnly=true").toString()).isEqualTo("[\"b\"]");
    assertThat(get("/subjects?deleted=true&offset=1&limit=2").toString())
        .isEqualTo("[\"a\",\"ab\"]");
    assertThat(get("/schemas?subjectPrefix=ab")).hasSize(2);
    assertThat(get("/schemas?subjectPrefix=ab&latestOnly=true").path(0).path("version").asInt())
        .isEqualTo(2);
    assertThat(get("/contexts").toString()).isEqualTo("[\".\",\".test\"]");
    assertThat(get("/schemas/ids/1?subject=:.test:").path("schema").asText()).contains("R");
  }

  @Test
  void compatibilityIsCheckedAndExplained() throws Exception {
    register("a", schema(avro("f", "int")));
    String path = "/compatibility/subjects/a/versions";

    assertThat(ok(send("POST", path + "/latest", schema(avro("f", "long")))).toString())
        .isEqualTo("{\"is_compatible\":true}");
    JsonNode refused = ok(send("POST", path + "?verbose=true", schema(avro("f", "string"))));
    assertThat(refused.path("is_compatible").asBoolean()).isFalse();
    assertThat(refused.path("messages").toString()).contains("TYPE_MISMATCH", "BACKWARD");
    assertError(send("POST", path + "/7", schema(avro("f", "long"))), 404, 40402);
    assertError(send("POST", "/subjects/a/versions", schema(avro("f", "string"))), 409, 409);
    assertThat(
            ok(send(
                    "POST",
                    "/compatibility/subjects/new/versions/latest",
                    schema(avro("f", "string"))))
                .path("is_compatible")
                .asBoolean())
        .isTrue();
  }

  @Test
  void levelsAndModesAreSetReadAndTakenAway() throws Exception {
    assertThat(get("/config").toString()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(ok(send("PUT", "/config/a", "{\"compatibility\":\"full\"}")).toString())
        .isEqualTo("{\"compatibility\":\"FULL\"}");
    assertThat(get("/config/a").toString()).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
    assertError(node.get("/config/b"), 404, 40408);
    assertThat(get("/config/b?defaultToGlobal=true").toString())
        .isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertError(send("PUT", "/config", "{\"compatibility\":\"SIDEWARD\"}"), 422, 42203);
    ok(send("DELETE", "/config/a", ""));
    assertError(node.get("/config/a"), 404, 40408);

    assertThat(get("/mode").toString()).isEqualTo("{\"mode\":\"READWRITE\"}");
    ok(send("PUT", "/mode/a", "{\"mode\":\"READONLY\"}"));
    assertError(send("POST", "/subjects/a/versions", schema("\"int\"")), 422, 42205);
    assertError(node.get("/mode/b"), 404, 40409);
    assertError(send("PUT", "/mode", "{\"mode\":\"NO\"}"), 422, 42204);
    assertThat(ok(send("DELETE", "/mode/a", "")).toString()).isEqualTo("{\"mode\":\"READONLY\"}");
  }

  @Test
  void deletingTakesTwoSteps() throws Exception {
    register("a", schema(avro("f", "int")));
    register("a", schema(avro("f", "long")));

    assertError(send("DELETE", "/subjects/a?permanent=true", ""), 404, 40405);
    assertThat(ok(send("DELETE", "/subjects/a/versions/1", "")).toString()).isEqualTo("1");
    assertThat(get("/subjects/a/versions").toString()).isEqualTo("[2]");
    assertThat(get("/subjects/a/versions?deleted=true").toString()).isEqualTo("[1,2]");
    assertError(node.get("/subjects/a/versions/1"), 404, 40402);
    assertThat(get("/subjects/a/versions/1?deleted=true").path("deleted").asBoolean()).isTrue();
    assertError(send("DELETE", "/subjects/a/versions/1", ""), 404, 40406);
    assertError(send("DELETE", "/subjects/a/versions/2?permanent=true", ""), 404, 40407);
    assertThat(ok(send("DELETE", "/subjects/a", "")).toString()).isEqualTo("[2]");
    assertError(send("DELETE", "/subjects/a", ""), 404, 40404);
    assertThat(ok(send("DELETE", "/subjects/a?permanent=true", "")).toString()).isEqualTo("[1,2]");
    assertError(node.get("/schemas/ids/1"), 404, 40403);
    assertError(node.get("/subjects/a/versions"), 404, 40401);
  }

  @Test
  void aProtobufSchemaIsHadAsADescriptorToo() throws Exception {
    register(
        "p",
        schema("syntax = \"proto3\"; message A { int32 a = 1; }").put("schemaType", "PROTOBUF"));

    JsonNode text = get("/schemas/ids/1");
    JsonNode descriptor = get("/schemas/ids/1?format=serialized");

    assertThat(text.path("schemaType").asText()).isEqualTo("PROTOBUF");
    assertThat(text.path("schema").asText()).contains("int32 a = 1;");
    assertThat(Base64.getDecoder().decode(descriptor.path("schema").asText()))
        .containsSequence("proto3".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void referencesAreResolvedAndProtected() throws Exception {
    register("item.json", schema("{\"type\":\"string\"}").put("schemaType", "JSON"));
    ObjectNode list =
        schema("{\"type\":\"array\",\"items\":{\"$ref\":\"item.json\"}}").put("schemaType", "JSON");
    assertError(send("POST", "/subjects/list/versions", list), 422, 42201);
    list.putArray("references")
        .addObject()
        .put("name", "item.json")
        .put("subject", "item.json")
        .put("version", 1);

    int id = register("list", list).path("id").asInt();

    assertThat(get("/schemas/ids/" + id).path("references").toString())
        .isEqualTo("[{\"name\":\"item.json\",\"subject\":\"item.json\",\"version\":1}]");
    assertThat(get("/subjects/item.json/versions/1/referencedby").toString())
        .isEqualTo("[" + id + "]");
    assertError(send("DELETE", "/subjects/item.json", ""), 422, 42206);
  }

  @Test
  void malformedRequestsAreRefusedInTheRegistrysWords() throws Exception {
    String path = "/subjects/a/versions";
    assertError(send("POST", path, "{\"schema\":"), 400, 400);
    assertError(send("POST", path, "[]"), 422, 422);
    assertError(send("POST", path, "{}"), 422, 42201);
    assertError(send("POST", path, schema("{\"type\":\"nothing\"}")), 422, 42201);
    assertError(send("POST", path, schema("{").put("schemaType", "XML")), 422, 422);
    assertError(send("POST", path, schema("\"int\"").put("id", "x")), 422, 422);
    assertError(send("POST", path, "[".repeat(5000)), 400, 400);
    assertError(node.get("/subjects/a/versions/0"), 422, 42202);
    assertError(node.get("/schemas/ids/x"), 404, 404);
    HttpResponse<String> text =
        node.send(
            node.request(path)
                .header("Content-Type", "text/html")
                .POST(BodyPublishers.ofString("x")));
    assertError(text, 415, 415);
  }

  @Test
  void schemasMayBeLongerThanOtherRequestsButNotEndless() throws Exception {
    String doc = "x".repeat(600 * 1024);
    register("a", schema("{\"type\":\"string\",\"doc\":\"" + doc + "\"}"));

    assertError(
        send(
            "POST",
            "/subjects/a/versions",
            schema("{\"type\":\"string\",\"doc\":\"" + doc + doc + "\"}")),
        422,
        42209);
  }

  @Test
  void aClientMayLiveInAContext() throws Exception {
    register("a", schema("\"int\""));
    String base = "/contexts/.test";
    assertThat(
            ok(send("POST", base + "/subjects/a/versions", schema("\"string\"")))
                .path("id")
                .asInt())
        .isEqualTo(1);
    ok(send("PUT", base + "/config", "{\"compatibility\":\"NONE\"}"));

    assertThat(get(base + "/subjects").toString()).isEqualTo("[\":.test:a\"]");
    assertThat(get(base + "/schemas/ids/1").path("schema").asText()).isEqualTo("\"string\"");
    assertThat(get("/schemas/ids/1").path("schema").asText()).isEqualTo("\"int\"");
    assertThat(get("/config/:.test:").path("compatibilityLevel").asText()).isEqualTo("NONE");
    assertThat(get("/config").path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
  }

  @Test
  void halfACharacterIsRefused() throws Exception {
    String half = "\"schemaType\":\"JSON\",\"schema\":\"{\\\"title\\\":\\\"\\ud800\\\"}\"";

    assertError(send("POST", "/subjects/a/versions", "{" + half + "}"), 400, 400);
  }

  @Test
  void theMediaTypeIsTheOneThatIsAccepted() throws Exception {
    HttpResponse<String> plain =
        node.send(node.request("/subjects").header("Accept", "application/json"));

    assertThat(plain.headers().firstValue("Content-Type")).hasValue("application/json");
  }
}
