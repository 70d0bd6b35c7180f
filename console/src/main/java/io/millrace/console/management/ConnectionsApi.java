package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.channel.ConsumerStatus;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.amqp.connection.OpenConnection;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /api/connections}, {@code /api/channels} and {@code /api/consumers}. */
final class ConnectionsApi {

  private static final String REASON = "Closed via management plugin";

  private final ManagementSources sources;
  private final ConnectionDocuments documents;

  ConnectionsApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    documents = new ConnectionDocuments(sources, sampler);
  }

  List<ManagementEndpoint> endpoints() {
    Access any = Access.MANAGEMENT;
    return List.of(
        get("/connections", any, "open connections", call -> connections(call, each -> true)),
        get("/connections/{name}", any, "one of them", this::connection),
        delete(
            "/connections/{name}",
            any,
            "closes it, with the reason of the header `X-Reason`",
            this::close),
        get("/connections/{name}/channels", any, "its channels", this::channelsOfConnection),
        get(
            "/connections/username/{user}",
            any,
            "connections of a user",
            call -> connections(call, each -> each.user().equals(call.path("user")))),
        delete(
            "/connections/username/{user}",
            Access.ADMINISTRATOR,
            "closes all connections of a user",
            this::closeOfUser),
        get(
            "/vhosts/{vhost}/connections",
            any,
            "connections to a virtual host",
            call -> connections(call, ofHost(call))),
        get("/channels", any, "open channels", call -> channels(call, each -> true)),
        get("/channels/{name}", any, "one of them with its consumers", this::channel),
        get(
            "/vhosts/{vhost}/channels",
            any,
            "channels of a virtual host",
            call -> channels(call, ofHost(call))),
        get("/consumers", any, "all consumers", call -> consumers(call, each -> true)),
        get(
            "/consumers/{vhost}",
            any,
            "those of a virtual host",
            call -> consumers(call, ofHost(call))));
  }

  private static Predicate<ConnectionStatus> ofHost(Call call) {
    String host = call.host().name();
    return each -> each.virtualHost().equals(host);
  }

  /** Whether a caller may see a connection: one that monitors, all; others their own. */
  private static boolean isShown(Call call, ConnectionStatus connection) {
    return call.caller().isMonitoring() || connection.user().equals(call.caller().user());
  }

  private List<ConnectionStatus> visible(Call call, Predicate<ConnectionStatus> wanted)
      throws InterruptedException {
    return LiveConnections.all(sources.amqp().connections()).stream()
        .filter(each -> isShown(call, each))
        .filter(wanted)
        .toList();
  }

  private Answer connections(Call call, Predicate<ConnectionStatus> wanted)
      throws InterruptedException {
    List<ObjectNode> all = new ArrayList<>();
    visible(call, wanted).forEach(each -> all.add(documents.of(call, each)));
    return Listing.of(call, all, "vhost", "name");
  }

  private ConnectionStatus find(Call call, String name) throws InterruptedException {
    @Nullable ConnectionStatus found = LiveConnections.find(sources.amqp().connections(), name);
    if (found == null) {
      throw Refusal.notFound();
    }
    if (!isShown(call, found)) {
      throw Refusal.notAuthorised("User not authorised to access object");
    }
    return found;
  }

  private Answer connection(Call call) throws InterruptedException {
    return Answers.one(call, documents.of(call, find(call, call.path("name"))));
  }

  private Answer close(Call call) throws InterruptedException {
    ConnectionStatus found = find(call, call.path("name"));
    close(call, sources.amqp().connections().find(found.name()));
    return Answer.noContent();
  }

  private Answer closeOfUser(Call call) throws InterruptedException {
    for (ConnectionStatus each :
        visible(call, connection -> connection.user().equals(call.path("user")))) {
      close(call, sources.amqp().connections().find(each.name()));
    }
    return Answer.noContent();
  }

  private static void close(Call call, @Nullable OpenConnection connection) {
    if (connection != null) {
      String reason = call.request().fields().first("x-reason");
      connection.close(reason == null ? REASON : reason);
    }
  }

  private Answer channels(Call call, Predicate<ConnectionStatus> wanted)
      throws InterruptedException {
    List<ObjectNode> all = new ArrayList<>();
    for (ConnectionStatus connection : visible(call, wanted)) {
      for (ChannelStatus channel : connection.channels()) {
        all.add(documents.of(call, connection, channel));
      }
    }
    return Listing.of(call, all, "vhost", "name");
  }

  private Answer channelsOfConnection(Call call) throws InterruptedException {
    ConnectionStatus connection = find(call, call.path("name"));
    List<ObjectNode> all = new ArrayList<>();
    connection.channels().forEach(each -> all.add(documents.of(call, connection, each)));
    return Listing.of(call, all, "name");
  }

  private Answer channel(Call call) throws InterruptedException {
    String name = call.path("name");
    int end = name.lastIndexOf(" (");
    if (end < 0) {
      throw Refusal.notFound();
    }
    ConnectionStatus connection = find(call, name.substring(0, end));
    for (ChannelStatus channel : connection.channels()) {
      if (name.equals(connection.name() + " (" + channel.number() + ")")) {
        ObjectNode document = documents.of(call, connection, channel);
        ArrayNode consumers = document.putArray("consumer_details");
        for (ConsumerStatus each : channel.consumers()) {
          consumers.add(ConnectionDocuments.of(connection, channel, each, sources.nodeName()));
        }
        document.putArray("publishes");
        document.putArray("deliveries");
        return Answers.one(call, document);
      }
    }
    throw Refusal.notFound();
  }

  private Answer consumers(Call call, Predicate<ConnectionStatus> wanted)
      throws InterruptedException {
    List<ObjectNode> all = new ArrayList<>();
    for (ConnectionStatus connection : visible(call, wanted)) {
      for (ChannelStatus channel : connection.channels()) {
        for (ConsumerStatus consumer : channel.consumers()) {
          all.add(ConnectionDocuments.of(connection, channel, consumer, sources.nodeName()));
        }
      }
    }
    return Listing.of(call, all, "consumer_tag");
  }
}
