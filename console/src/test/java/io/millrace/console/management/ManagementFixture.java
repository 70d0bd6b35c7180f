package io.millrace.console.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.millrace.amqp.AmqpServer;
import io.millrace.amqp.AmqpSettings;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.console.NodeFacts;
import io.millrace.console.NodeFacts.Listener;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An AMQP port and its management API over a broker in a folder of its own. */
final class ManagementFixture implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rates are there after two samples, and a test is not to wait for long. */
  static final Duration SAMPLE_EVERY = Duration.ofMillis(200);

  /** Retention is to be seen soon. */
  private static final Duration HOUSEKEEPING_EVERY = Duration.ofMillis(500);

  final ThreadTimer timer = new ThreadTimer("management-test");
  final LogStore store;
  final Broker broker;
  final AmqpServer amqp;
  final ManagementSources sources;
  final ManagementServer server;
  final HttpClient client = HttpClient.newHttpClient();

  ManagementFixture(Path folder) {
    store = LogStore.open(folder, Clock.system());
    BrokerSettings settings =
        BrokerSettings.defaults().withHousekeepingInterval(HOUSEKEEPING_EVERY);
    broker = Broker.open(store, settings, Clock.system(), timer);
    amqp = AmqpServer.bind(broker, AmqpSettings.defaults().listenOn("127.0.0.1", 0));
    NodeFacts facts =
        new NodeFacts(
            "1.2.3",
            folder,
            System.currentTimeMillis(),
            List.of(new Listener("amqp", "amqp://127.0.0.1:" + amqp.port())));
    sources = new ManagementSources(facts, amqp, Clock.system());
    server =
        ManagementServer.bind(ManagementSettings.on("127.0.0.1", 0), sources, timer, SAMPLE_EVERY);
  }

  /** All that is served. */
  List<ManagementEndpoint> endpoints() {
    return ManagementApi.endpoints(sources, new Sampler(sources, timer, SAMPLE_EVERY));
  }

  int port() {
    return server.port();
  }

  /** RabbitMQ's client, without its attempts to go on. */
  Connection connect() throws IOException, TimeoutException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(amqp.port());
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  /** A request of the guest. */
  HttpResponse<String> send(String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    return send("guest:guest", method, path, body);
  }

  HttpResponse<String> send(String credentials, String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/api" + path))
            .timeout(Duration.ofSeconds(60))
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** A document that has to be there. */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = send("GET", path, null);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    client.close();
    server.close();
    amqp.close();
    broker.close();
    store.close();
    timer.close();
  }
}
