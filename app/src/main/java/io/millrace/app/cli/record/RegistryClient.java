package io.millrace.app.cli.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.CommandException;
import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a schema registry, by the interface that registry clients share. */
final class RegistryClient implements AutoCloseable {

  private static final String TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  /** Schemas use others, and those others again: so many at most. */
  private static final int MOST_REFERENCES = 200;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final String address;

  RegistryClient(URI registry) {
    String text = registry.toString();
    this.address = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** The newest version of a subject. */
  RegistrySchema latest(String subject) {
    return schema(ask(get("/subjects/" + encoded(subject) + "/versions/latest")));
  }

  /** The schema that records with that id are written with. */
  RegistrySchema byId(int id) {
    JsonNode answer = ask(get("/schemas/ids/" + id));
    return new RegistrySchema(id, type(answer), answer.path("schema").asText(), references(answer));
  }

  /** Registers a schema, or finds it if it is there already. */
  RegistrySchema register(String subject, SchemaType type, String text) {
    return withId(post("/subjects/" + encoded(subject) + "/versions", type, text), type, text);
  }

  /** Finds a schema that is there. */
  RegistrySchema find(String subject, SchemaType type, String text) {
    return withId(post("/subjects/" + encoded(subject), type, text), type, text);
  }

  private RegistrySchema withId(HttpRequest request, SchemaType type, String text) {
    return new RegistrySchema(ask(request).path("id").asInt(), type, text, List.of());
  }

  /** The texts of all that a schema uses, by name, each after those that it uses itself. */
  Map<String, String> referenced(RegistrySchema schema) {
    Map<String, String> texts = new LinkedHashMap<>();
    collect(schema, texts, 0);
    return texts;
  }

  private void collect(RegistrySchema schema, Map<String, String> texts, int depth) {
    for (SchemaReference reference : schema.references()) {
      if (texts.containsKey(reference.name())) {
        continue;
      }
      if (texts.size() >= MOST_REFERENCES || depth >= MOST_REFERENCES) {
        throw CommandException.failed(
            "the schema uses more than " + MOST_REFERENCES + " others, which is the most allowed");
      }
      String version = reference.version() < 0 ? "latest" : Integer.toString(reference.version());
      RegistrySchema used =
          schema(ask(get("/subjects/" + encoded(reference.subject()) + "/versions/" + version)));
      collect(used, texts, depth + 1);
      texts.putIfAbsent(reference.name(), used.text());
    }
  }

  private static RegistrySchema schema(JsonNode answer) {
    return new RegistrySchema(
        answer.path("id").asInt(),
        type(answer),
        answer.path("schema").asText(),
        references(answer));
  }

  private static SchemaType type(JsonNode answer) {
    String name = answer.path("schemaType").asText("");
    SchemaType type = SchemaType.named(name);
    if (type == null) {
      throw CommandException.failed("the registry has a schema of the unknown type " + name);
    }
    return type;
  }

  private static List<SchemaReference> references(JsonNode answer) {
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode each : answer.path("references")) {
      references.add(
          new SchemaReference(
              each.path("name").asText(),
              each.path("subject").asText(),
              each.path("version").asInt(-1)));
    }
    return references;
  }

  private HttpRequest get(String path) {
    return request(path).GET().build();
  }

  private HttpRequest post(String path, SchemaType type, String text) {
    String body =
        MAPPER.createObjectNode().put("schemaType", type.name()).put("schema", text).toString();
    return request(path).header("Content-Type", TYPE).POST(BodyPublishers.ofString(body)).build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path))
        .header("Accept", TYPE)
        .timeout(ANSWER);
  }

  private JsonNode ask(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      JsonNode answer = answer(response.body());
      if (response.statusCode() != 200 || answer == null) {
        String why = answer == null ? "" : answer.path("message").asText("");
        throw CommandException.failed(
            "the registry at "
                + address
                + " answers "
                + response.statusCode()
                + (why.isEmpty() ? " to " + request.uri().getPath() : ": " + why));
      }
      return answer;
    } catch (IOException e) {
      throw CommandException.failed(
          "no schema registry answers at " + address + "; name one by --registry");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted while it asked the registry at " + address);
    }
  }

  private static @Nullable JsonNode answer(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      return null;
    }
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
