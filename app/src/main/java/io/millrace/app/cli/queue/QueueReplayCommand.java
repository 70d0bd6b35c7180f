package io.millrace.app.cli.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.ConsoleOption;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes again what the topic of a durable queue still has, acknowledged or not.",
      "History stays as long as its segment (64 MiB), or as the queue's x-retain says. Ctrl-C stops"
          + " the replay."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace queue replay orders --from 2026-01-31T12:00:00Z",
      "  millrace queue replay orders --from 1500 --to 1600 --into orders-again",
      "  millrace queue replay orders --from beginning --into-exchange audit --json"
    })
final class QueueReplayCommand implements Callable<Integer> {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  @Parameters(paramLabel = "QUEUE", description = "Whose history is read.")
  private String queue = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "PLACE",
      description = "The first message: " + Place.ALLOWED + ".")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "PLACE",
      description = "Before which message to stop: the same (default: what is the end now).")
  private @Nullable String to;

  @Option(
      names = "--into",
      paramLabel = "QUEUE",
      description = "The queue that gets the messages (default: the same queue).")
  private @Nullable String intoQueue;

  @Option(
      names = "--into-exchange",
      paramLabel = "EXCHANGE",
      description = "The exchange that gets the messages, with their routing keys.")
  private @Nullable String intoExchange;

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The virtual host of both (default: ${DEFAULT-VALUE}).")
  private String virtualHost = "/";

  @Mixin private final ConsoleOption console = new ConsoleOption();

  @Option(names = "--json", description = "Progress and result as JSON objects, one a line.")
  private boolean json;

  private final JsonMapper mapper = JsonMapper.builder().build();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Place unused = Place.parse("--from", from);
    if (to != null) {
      unused = Place.parse("--to", to);
    }
    if (intoQueue != null && intoExchange != null) {
      throw CommandException.usage("--into does not go with --into-exchange");
    }
    URI address = console.address();
    JsonNode last = null;
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(start(http, address), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = mapper.readTree(line);
        tell(last);
      }
    }
    if (last == null || !last.path("done").asBoolean()) {
      throw CommandException.failed("the node ended before the replay did");
    }
    if (!last.path("error").isNull()) {
      throw CommandException.failed("the replay ended early: " + last.path("error").asText());
    }
    return 0;
  }

  private InputStream start(HttpClient http, URI address) throws IOException, InterruptedException {
    Map<String, String> order = new LinkedHashMap<>();
    order.put("vhost", virtualHost);
    order.put("queue", queue);
    order.put("from", from);
    if (to != null) {
      order.put("to", to);
    }
    if (intoQueue != null) {
      order.put("intoQueue", intoQueue);
    }
    if (intoExchange != null) {
      order.put("intoExchange", intoExchange);
    }
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/api/replays"))
            .header("Content-Type", "application/json")
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(JsonOutput.of(order)))
            .build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() == 200) {
        return response.body();
      }
      try (InputStream body = response.body()) {
        throw CommandException.failed(mapper.readTree(body).path("detail").asText());
      }
    } catch (ConnectException e) {
      throw console.noAnswer();
    }
  }

  private void tell(JsonNode line) {
    if (json) {
      System.out.println(line);
      return;
    }
    long begin = line.path("from").asLong();
    long end = line.path("to").asLong();
    long at = line.path("at").asLong();
    long percent = end == begin ? 100 : 100 * (at - begin) / (end - begin);
    String refused = line.path("refused").asLong() == 0 ? "" : ", refused " + line.path("refused");
    String text =
        "offset "
            + at
            + " of "
            + end
            + " ("
            + percent
            + " %), published "
            + line.path("published")
            + refused;
    if (line.path("done").asBoolean()) {
      System.out.println(text);
    } else {
      System.err.println(text);
    }
  }
}
