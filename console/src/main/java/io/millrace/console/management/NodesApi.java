package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.api.ProcessFigures;
import io.millrace.console.http.Answer;
import java.util.List;

/** {@code /api/nodes}, and what clients ask of RabbitMQ's program itself. */
final class NodesApi {

  private final ManagementSources sources;
  private final Sampler sampler;

  NodesApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  List<ManagementEndpoint> endpoints() {
    return List.of(
        get(
            "/nodes",
            Access.MONITORING,
            "this node",
            call -> Listing.of(call, List.of(node(call)))),
        get("/nodes/{name}", Access.MONITORING, "the same", this::one),
        get("/nodes/{name}/memory", Access.MONITORING, "what it uses of memory", this::memory),
        get(
            "/extensions",
            Access.MANAGEMENT,
            "plugins of the API: none",
            call -> Answers.ok(JsonNodeFactory.instance.arrayNode())),
        get("/auth", Access.ANYBODY, "how to log in: by a password", this::auth),
        get(
            "/feature-flags",
            Access.MANAGEMENT,
            "what this node can do, by RabbitMQ's names",
            this::featureFlags),
        get(
            "/deprecated-features",
            Access.MANAGEMENT,
            "what will go: nothing",
            call -> Answers.ok(JsonNodeFactory.instance.arrayNode())),
        get(
            "/deprecated-features/used",
            Access.MANAGEMENT,
            "what of it is used",
            call -> Answers.ok(JsonNodeFactory.instance.arrayNode())),
        post(
            "/rebalance/queues",
            Access.ADMINISTRATOR,
            "spreads queues over nodes, of which there is one",
            call -> Answer.noContent()),
        delete(
            "/reset",
            Access.ADMINISTRATOR,
            "forgets the samples that rates are made of",
            call -> {
              sampler.forget();
              return Answer.noContent();
            }));
  }

  private Answer one(Call call) {
    check(call);
    return Answers.one(call, node(call));
  }

  private void check(Call call) {
    if (!call.path("name").equals(sources.nodeName())) {
      throw Refusal.notFound();
    }
  }

  private ObjectNode node(Call call) {
    ProcessFigures process = ProcessFigures.now();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", sources.nodeName());
    document.put("type", "disc");
    document.put("running", true);
    document.put("os_pid", Long.toString(ProcessHandle.current().pid()));
    document.put("uptime", sources.clock().millis() - sources.node().startMillis());
    document.put("processors", Runtime.getRuntime().availableProcessors());
    document.put("run_queue", 0);
    document.put("rates_mode", "basic");
    document.put("mem_limit", sources.messaging().settings().maxHeapBytes());
    document.put("mem_alarm", sources.messaging().alarms().isMemoryFull());
    document.put("mem_calculation_strategy", process.residentBytes() < 0 ? "heap" : "rss");
    document.put("disk_free_limit", sources.messaging().alarms().diskFreeLimit());
    document.put("disk_free_alarm", sources.messaging().alarms().isDiskLow());
    document.put("fd_total", maxFiles());
    document.put("sockets_total", sources.amqp().settings().maxConnections());
    document.put("proc_total", 1_048_576);
    document.put("db_dir", sources.node().dataFolder().toString());
    document.put("net_ticktime", 60);
    document.set("exchange_types", OverviewApi.exchangeTypes());
    ArrayNode mechanisms = document.putArray("auth_mechanisms");
    for (String name : List.of("PLAIN", "AMQPLAIN")) {
      mechanisms.addObject().put("name", name).put("description", name).put("enabled", true);
    }
    document.set("contexts", OverviewApi.contexts(sources));
    ArrayNode applications = document.putArray("applications");
    applications
        .addObject()
        .put("name", "millrace")
        .put("description", "Millrace")
        .put("version", sources.node().version());
    for (String none :
        List.of("partitions", "log_files", "config_files", "enabled_plugins", "cluster_links")) {
      document.putArray(none);
    }
    Details details = new Details(sampler, call);
    details.add(
        document,
        NodeFigures.NAMES,
        NodeFigures.of(sources).values(),
        0,
        Subject.node(),
        "node_stats");
    int churn = Metrics.STATS.size() + Metrics.LENGTHS.size() + Metrics.OCTETS.size();
    long[] values = Metrics.join(new long[churn], NodeFigures.churn(sources));
    details.add(document, Metrics.CHURN, values, churn, Subject.all(), "node_stats");
    return document;
  }

  private static long maxFiles() {
    var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 0;
  }

  private Answer memory(Call call) {
    check(call);
    ProcessFigures process = ProcessFigures.now();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode memory = document.putObject("memory");
    memory.put("queue_procs", sources.messaging().alarms().messageBytes());
    memory.put("binary", process.directBytes());
    memory.put("code", process.nonHeapUsedBytes());
    memory.put("other_proc", process.heapUsedBytes() - sources.messaging().alarms().messageBytes());
    memory.put("allocated_unused", process.heapCommittedBytes() - process.heapUsedBytes());
    memory.put("strategy", process.residentBytes() < 0 ? "heap" : "rss");
    memory
        .putObject("total")
        .put("rss", process.residentBytes())
        .put("allocated", process.heapCommittedBytes() + process.directBytes());
    return Answers.ok(document);
  }

  private Answer auth(Call call) {
    return Answers.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("enable_uaa", false)
            .put("oauth_enabled", false)
            .put("uaa_client_id", "")
            .put("uaa_location", ""));
  }

  private Answer featureFlags(Call call) {
    ArrayNode flags = JsonNodeFactory.instance.arrayNode();
    for (String name :
        List.of(
            "direct_exchange_routing_v2",
            "drop_unroutable_metric",
            "empty_basic_get_metric",
            "implicit_default_bindings",
            "maintenance_mode_status",
            "quorum_queue",
            "user_limits",
            "virtual_host_metadata")) {
      flags
          .addObject()
          .put("name", name)
          .put("desc", "")
          .put("doc_url", "")
          .put("state", "enabled")
          .put("stability", "stable")
          .put("provided_by", "rabbit");
    }
    return Answers.ok(flags);
  }
}
