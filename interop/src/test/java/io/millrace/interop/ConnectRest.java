package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** The REST interface of a Connect worker on this machine. */
final class ConnectRest implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String address;

  ConnectRest(int port) {
    this.address = "http://127.0.0.1:" + port;
  }

  /** What the worker answers; a missing node while it does not answer, or has no such thing. */
  JsonNode get(String path) throws InterruptedException {
    try {
      HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(address + path)));
      return response.statusCode() == 200
          ? JSON.readTree(response.body())
          : MissingNode.getInstance();
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** Makes a connector. */
  void create(String name, Map<String, String> settings) throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("name", name, "config", settings));
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(address + "/connectors"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(201);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
