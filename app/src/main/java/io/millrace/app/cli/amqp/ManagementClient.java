package io.millrace.app.cli.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks a management API; every refusal becomes a {@link CommandException} with its reason. */
final class ManagementClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final String address;
  private final String authorization;

  ManagementClient(URI management, String user) {
    String text = management.toString();
    address = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    authorization = "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
  }

  /** What a member of a JSON object is to be: a number or truth value where the text is one. */
  static JsonNode value(String text) {
    try {
      JsonNode read = MAPPER.readTree(text);
      if (read != null && (read.isNumber() || read.isBoolean())) {
        return read;
      }
    } catch (IOException e) {
      return JsonNodeFactory.instance.textNode(text);
    }
    return JsonNodeFactory.instance.textNode(text);
  }

  /** An object of {@code KEY=VALUE} pairs. */
  static ObjectNode object(String option, List<String> pairs) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw CommandException.usage(
            option + " is \"" + pair + "\"; allowed: KEY=VALUE, such as max-length=1000");
      }
      object.set(pair.substring(0, equals), value(pair.substring(equals + 1)));
    }
    return object;
  }

  /** A path below {@code /api} of these segments. */
  static String path(String... segments) {
    return Arrays.stream(segments)
        .map(each -> URLEncoder.encode(each, UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/", "/api/", ""));
  }

  JsonNode get(String path) {
    return ask("GET", path, null);
  }

  /** What is there, or null. */
  @Nullable JsonNode find(String path) {
    HttpResponse<String> response = send("GET", path, null);
    return response.statusCode() == 404 ? null : answer(path, response);
  }

  /** Refuses a user or a virtual host that is not there. */
  void require(String virtualHost, String user) {
    if (find(path("users", user)) == null) {
      throw CommandException.failed("there is no user '" + user + "'");
    }
    if (find(path("vhosts", virtualHost)) == null) {
      throw CommandException.failed("there is no virtual host '" + virtualHost + "'");
    }
  }

  JsonNode put(String path, Map<String, ?> body) {
    return put(path, MAPPER.<JsonNode>valueToTree(body));
  }

  JsonNode put(String path, JsonNode body) {
    return ask("PUT", path, body.toString());
  }

  JsonNode post(String path, String body) {
    return ask("POST", path, body);
  }

  JsonNode delete(String path) {
    return ask("DELETE", path, null);
  }

  /** Deletes what is there; when it is not, the command fails and says that it is absent. */
  void deletePresent(String path, String absent) {
    if (find(path) == null) {
      throw CommandException.failed(absent);
    }
    JsonNode unused = delete(path);
  }

  private JsonNode ask(String method, String path, @Nullable String body) {
    return answer(path, send(method, path, body));
  }

  private static JsonNode answer(String path, HttpResponse<String> response) {
    JsonNode answer;
    try {
      answer = MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw CommandException.failed("no management API answers: " + e.getMessage());
    }
    if (response.statusCode() >= 300) {
      throw CommandException.failed(
          "the management API answers " + response.statusCode() + reason(path, answer));
    }
    return answer;
  }

  private HttpResponse<String> send(String method, String path, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(ANSWER)
            .header("Authorization", authorization)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw CommandException.failed(
          "no management API answers at " + address + "; name one by --management");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted while it asked " + address);
    }
  }

  private static String reason(String path, JsonNode answer) {
    JsonNode reason = answer.path("reason");
    if (reason.isMissingNode()) {
      return " to " + path;
    }
    String text = reason.isTextual() ? reason.asText() : reason.toString();
    return ": " + text.strip().replaceAll("\\s*\\n\\s*", ": ");
  }

  @Override
  public void close() {
    http.close();
  }
}
