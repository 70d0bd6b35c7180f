package io.millrace.app.cli.cdn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.CommandException;
import io.millrace.app.cli.ConsoleOption;
import io.millrace.app.cli.JsonOutput;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cdn purge}. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = {
      "Has the edge's cache use stored responses no more, in memory and on disk.",
      "What is named may be mixed; each becomes a record on a topic that every edge follows, so that"
          + " one that is away catches up. Once the command ends, the node that was asked has done"
          + " it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace cdn purge http://www.example.com/index.html www.example.com/news?page=2",
      "  millrace cdn purge --prefix www.example.com/images/ --soft",
      "  millrace cdn purge --key product-17 --key product-18 --json",
      "  millrace cdn purge --all"
    })
final class CdnPurgeCommand implements Callable<Integer> {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  @Parameters(
      arity = "0..*",
      paramLabel = "URL",
      description = "Resources: host, path and query, with or without http://.")
  private List<String> urls = List.of();

  @Option(
      names = "--prefix",
      paramLabel = "URL",
      description = "All resources whose URL begins so; may be repeated.")
  private List<String> prefixes = List.of();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "All responses with this member of Surrogate-Key or Cache-Tag; may be repeated.")
  private List<String> keys = List.of();

  @Option(names = "--all", description = "Everything.")
  private boolean all;

  @Option(
      names = "--soft",
      description =
          "Makes them stale, so that they can be validated, or served if the origin fails.")
  private boolean soft;

  @Mixin private final ConsoleOption console = new ConsoleOption();

  @Option(names = "--json", description = "Each purge as a JSON object, one a line.")
  private boolean json;

  private final JsonMapper mapper = JsonMapper.builder().build();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Map<String, Object>> orders = new ArrayList<>();
    urls.forEach(url -> orders.add(order("url", url)));
    prefixes.forEach(prefix -> orders.add(order("prefix", prefix)));
    keys.forEach(key -> orders.add(order("key", key)));
    if (all) {
      orders.add(order("all", true));
    }
    if (orders.isEmpty()) {
      throw CommandException.usage("nothing is named; allowed: URLs, --prefix, --key or --all");
    }
    URI address = console.address();
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      for (Map<String, Object> order : orders) {
        tell(send(http, address, order));
      }
    }
    return 0;
  }

  private Map<String, Object> order(String scope, Object what) {
    Map<String, Object> order = new LinkedHashMap<>();
    order.put(scope, what);
    order.put("soft", soft);
    return order;
  }

  private JsonNode send(HttpClient http, URI address, Map<String, Object> order)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/api/edge/purge"))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JsonOutput.of(order)))
            .build();
    HttpResponse<String> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw console.noAnswer();
    }
    JsonNode answer = mapper.readTree(response.body());
    if (response.statusCode() != 200) {
      throw CommandException.failed(answer.path("detail").asText());
    }
    return answer;
  }

  private void tell(JsonNode purge) {
    if (json) {
      System.out.println(purge);
      return;
    }
    String what = purge.path("what").asText();
    System.out.println(
        "purged "
            + (what.isEmpty() ? "everything" : purge.path("scope").asText() + " " + what)
            + (purge.path("soft").asBoolean() ? " (soft)" : ""));
  }
}
