package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/vhosts}. */
final class VirtualHostsApi {

  private final ManagementSources sources;
  private final Sampler sampler;

  VirtualHostsApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  List<ManagementEndpoint> endpoints() {
    Access admin = Access.ADMINISTRATOR;
    String one = "/vhosts/{vhost}";
    return List.of(
        get("/vhosts", Access.MANAGEMENT, "virtual hosts", this::all),
        get(one, Access.MANAGEMENT, "one of them", this::one),
        put(one, admin, "makes or changes one", this::make),
        delete(one, admin, "deletes one with all that is in it", this::remove),
        get(one + "/permissions", admin, "what users may do there", this::permissions),
        get(
            one + "/topic-permissions",
            admin,
            "which routing keys they may use there",
            this::topicPermissions),
        post(
            one + "/start/{node}",
            admin,
            "starts one, which is nothing to do here",
            call -> {
              VirtualHost unused = call.host();
              return Answer.noContent();
            }));
  }

  private Answer all(Call call) throws InterruptedException {
    List<ConnectionStatus> connections = LiveConnections.all(sources.amqp().connections());
    List<ObjectNode> all = new ArrayList<>();
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        all.add(document(call, host, connections));
      }
    }
    return Listing.of(call, all, "name");
  }

  private Answer one(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    List<ConnectionStatus> connections = LiveConnections.all(sources.amqp().connections());
    return Answers.one(call, document(call, host, connections));
  }

  private ObjectNode document(Call call, VirtualHost host, List<ConnectionStatus> connections) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", host.name());
    document.put("tracing", false);
    VirtualHostDefinition definition =
        sources.messaging().access().image().virtualHost(host.name());
    if (definition != null) {
      describe(document, definition);
      describe(document.putObject("metadata"), definition);
    }
    document.putObject("cluster_state").put(sources.nodeName(), "running");
    long[] values = Totals.of(host, connections).values();
    Subject subject = Subject.host(host.name());
    Details details = new Details(sampler, call);
    int lengths = Metrics.STATS.size();
    int octets = lengths + Metrics.LENGTHS.size();
    details.add(
        document.putObject("message_stats"), Metrics.STATS, values, 0, subject, "msg_rates");
    details.add(document, Metrics.LENGTHS, values, lengths, subject, "lengths");
    details.add(document, Metrics.OCTETS, values, octets, subject, "data_rates");
    return document;
  }

  /** What is written down of a host. */
  static void describe(ObjectNode document, VirtualHostDefinition host) {
    document.put("description", host.description());
    ArrayNode tags = document.putArray("tags");
    host.tags().stream().sorted().forEach(tags::add);
    if (host.defaultQueueType() != null) {
      document.put("default_queue_type", host.defaultQueueType());
    }
  }

  private Answer make(Call call) throws InterruptedException {
    String name = call.path("vhost");
    VirtualHostDefinition present = sources.messaging().access().image().virtualHost(name);
    write(sources, name, call.body());
    return present == null ? Answers.created(name) : Answer.noContent();
  }

  /** Makes a host, or changes what a document says of it. */
  static void write(ManagementSources sources, String name, Body body) throws InterruptedException {
    VirtualHostDefinition present = sources.messaging().access().image().virtualHost(name);
    VirtualHostDefinition before = present == null ? VirtualHostDefinition.named(name) : present;
    Body metadata = new Body(body.object("metadata"));
    String type = body.text("default_queue_type", metadata.text("default_queue_type", "undefined"));
    VirtualHost unused =
        Stages.await(
            sources
                .messaging()
                .putVirtualHost(
                    new VirtualHostDefinition(
                        name,
                        body.text(
                            "description", metadata.text("description", before.description())),
                        tags(
                            body.get("tags") == null ? metadata.get("tags") : body.get("tags"),
                            before),
                        type.equals("undefined") ? before.defaultQueueType() : type,
                        before.limits())));
  }

  private static Set<String> tags(@Nullable JsonNode given, VirtualHostDefinition before) {
    if (given == null) {
      return before.tags();
    }
    Set<String> tags = new HashSet<>();
    if (given.isArray()) {
      given.forEach(each -> tags.add(each.asText()));
    } else {
      tags.addAll(Arrays.stream(given.asText().split(",")).map(String::strip).toList());
    }
    tags.remove("");
    return tags;
  }

  private Answer remove(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    Stages.await(sources.messaging().deleteVirtualHost(host.name()));
    return Answer.noContent();
  }

  private Answer permissions(Call call) {
    VirtualHost host = call.host();
    return Listing.of(
        call,
        sources.messaging().access().image().permissions().stream()
            .filter(each -> each.virtualHost().equals(host.name()))
            .map(UserDocuments::json)
            .toList(),
        "user");
  }

  private Answer topicPermissions(Call call) {
    VirtualHost host = call.host();
    return Listing.of(
        call,
        sources.messaging().access().image().topicPermissions().stream()
            .filter(each -> each.virtualHost().equals(host.name()))
            .map(UserDocuments::json)
            .toList(),
        "user",
        "exchange");
  }
}
