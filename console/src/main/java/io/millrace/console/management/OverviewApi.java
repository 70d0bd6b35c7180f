package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.get;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.NodeFacts;
import io.millrace.console.http.Answer;
import java.util.List;

/** {@code /api/overview}, and who the caller is. */
final class OverviewApi {

  /** What clients take this API for; they look at it to know what they may ask. */
  static final String VERSION = "3.10.8";

  private final ManagementSources sources;
  private final Sampler sampler;

  OverviewApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  List<ManagementEndpoint> endpoints() {
    return List.of(
        get("/overview", Access.MANAGEMENT, "the node in figures", this::overview),
        get("/whoami", Access.ANYBODY, "the caller's name and tags", this::whoami));
  }

  private Answer whoami(Call call) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", call.caller().user());
    ArrayNode tags = document.putArray("tags");
    call.caller().tags().stream().sorted().forEach(tags::add);
    return Answers.ok(document);
  }

  private Answer overview(Call call) throws InterruptedException {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("management_version", VERSION);
    document.put("rates_mode", "basic");
    ObjectNode retention = document.putObject("sample_retention_policies");
    for (String name : new String[] {"global", "basic", "detailed"}) {
      retention.putArray(name).add(600);
    }
    document.set("exchange_types", exchangeTypes());
    document.put("product_version", sources.node().version());
    document.put("product_name", "Millrace");
    document.put("rabbitmq_version", VERSION);
    document.put("cluster_name", sources.nodeName());
    document.put("erlang_version", "25");
    document.put("erlang_full_version", "Java " + Runtime.version());
    document.put("disable_stats", false);
    document.put("enable_queue_totals", false);
    document.put("statistics_db_event_queue", 0);
    document.put("node", sources.nodeName());
    figures(call, document);
    document.set("listeners", listeners(sources));
    document.put("release_series_support_status", "supported");
    document.set("contexts", contexts(sources));
    return Answers.one(call, document);
  }

  private void figures(Call call, ObjectNode document) throws InterruptedException {
    List<ConnectionStatus> connections = LiveConnections.all(sources.amqp().connections());
    Totals totals = Totals.none();
    long exchanges = 0;
    long queues = 0;
    long consumers = 0;
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        totals = totals.plus(Totals.of(host, connections));
        exchanges += host.exchanges().size() + 1;
        queues += host.queues().size();
        consumers += host.queues().stream().mapToLong(MessageQueue::consumerCount).sum();
      }
    }
    long[] values = Metrics.join(totals.values(), NodeFigures.churn(sources));
    Details details = new Details(sampler, call);
    int lengths = Metrics.STATS.size();
    int churn = lengths + Metrics.LENGTHS.size() + Metrics.OCTETS.size();
    details.add(
        document.putObject("message_stats"), Metrics.STATS, values, 0, Subject.all(), "msg_rates");
    details.add(
        document.putObject("queue_totals"),
        Metrics.LENGTHS,
        values,
        lengths,
        Subject.all(),
        "lengths");
    details.add(
        document.putObject("churn_rates"),
        Metrics.CHURN,
        values,
        churn,
        Subject.all(),
        "msg_rates");
    document
        .putObject("object_totals")
        .put("channels", connections.stream().mapToInt(each -> each.channels().size()).sum())
        .put("connections", connections.size())
        .put("consumers", consumers)
        .put("exchanges", exchanges)
        .put("queues", queues);
  }

  static ArrayNode exchangeTypes() {
    ArrayNode types = JsonNodeFactory.instance.arrayNode();
    for (ExchangeType type : ExchangeType.values()) {
      types
          .addObject()
          .put("name", type.label())
          .put("description", "AMQP " + type.label() + " exchange")
          .put("enabled", true);
    }
    return types;
  }

  /** What is served by HTTP, as the plugins of RabbitMQ tell of themselves: this API. */
  static ArrayNode contexts(ManagementSources sources) {
    ArrayNode contexts = JsonNodeFactory.instance.arrayNode();
    for (JsonNode each : listeners(sources)) {
      if (each.path("protocol").asText().equals("http")) {
        contexts
            .addObject()
            .put("node", each.path("node").asText())
            .put("description", "RabbitMQ Management")
            .put("path", "/")
            .put("ip", each.path("ip_address").asText())
            .put("port", each.path("port").asText())
            .put("cowboy_opts", "")
            .putArray("ssl_opts");
      }
    }
    return contexts;
  }

  /** The open ports. */
  static ArrayNode listeners(ManagementSources sources) {
    ArrayNode listeners = JsonNodeFactory.instance.arrayNode();
    for (NodeFacts.Listener each : sources.node().listeners()) {
      String address = each.address().replaceFirst("^[a-z]+://", "").replaceFirst("/$", "");
      int colon = address.lastIndexOf(':');
      listeners
          .addObject()
          .put("node", sources.nodeName())
          .put("protocol", each.protocol())
          .put("ip_address", address.substring(0, Math.max(0, colon)))
          .put("port", Integer.parseInt(address.substring(colon + 1)));
    }
    return listeners;
  }
}
