package io.millrace.app.node;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.amqp.AmqpServer;
import io.millrace.app.logging.LogbackLevels;
import io.millrace.app.node.RouteSettings.Folder;
import io.millrace.app.node.RouteSettings.Proxy;
import io.millrace.app.node.RouteSettings.TopicsOverHttp;
import io.millrace.app.node.RouteSettings.View;
import io.millrace.broker.Broker;
import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.origin.FolderOrigin;
import io.millrace.cdn.origin.HttpOrigin;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.topic.TopicApi;
import io.millrace.cdn.view.TopicView;
import io.millrace.console.ConsoleServer;
import io.millrace.console.ConsoleSources;
import io.millrace.console.NodeFacts;
import io.millrace.console.management.ManagementServer;
import io.millrace.console.management.ManagementSettings;
import io.millrace.console.management.ManagementSources;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.ThreadTimer;
import io.millrace.kafka.KafkaServer;
import io.millrace.kafka.ListenerSettings;
import io.millrace.log.LogStore;
import io.millrace.schema.SchemaRegistry;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobSettings;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. {@link #start} returns once every port is open; any thread may call the rest.
 *
 * <pre>
 *   data folder → broker → Kafka port, AMQP port, its management port → jobs
 *                        → views, routes → edge port
 *                        → schema registry → console port
 * </pre>
 *
 * <p>The Kafka port opens as soon as the logs are recovered, before anything else is loaded.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final int MOST_JOBS = 100;

  private final NodeSettings settings;
  private final Clock clock = Clock.system();
  private final Consumer<Listener> onOpen;
  private final List<Listener> listeners = new ArrayList<>();
  private final List<MeterBinder> meters = new ArrayList<>();
  private final Deque<Opened> opened = new ArrayDeque<>();
  private boolean closed;

  private final ThreadTimer timer;
  private final Broker broker;
  private final KafkaServer kafka;
  private final JobRegistry jobs;
  private final EdgeServer edge;

  /** Something to be closed, and what to call it when that fails. */
  private record Opened(String name, AutoCloseable what) {}

  private Node(NodeSettings settings, String version, Consumer<Listener> onOpen) {
    this.settings = settings;
    this.onOpen = onOpen;
    try {
      timer = opened("timer", new ThreadTimer("timer"));
      LogStore store = opened("data folder", openStore());
      broker = opened("broker", Broker.open(store, settings.broker(), clock, timer));
      broker.alarms().limitDiskFree(settings.diskFreeLimit());
      meters.add(broker.alarms());
      kafka = opened("kafka port", bindKafka());
      listening(Listener.kafka(settings.kafka().host(), kafka.port()));
      for (ListenerSettings port : settings.kafka().security().listeners()) {
        listening(Listener.kafka(port.name(), port.host(), kafka.port(port.name())));
      }
      AmqpServer amqp = opened("amqp port", bindAmqp());
      settings.bridges().forEach(each -> each.build(amqp.messaging(), broker.topics()));
      if (amqp.port() != 0) {
        listening(Listener.amqp("amqp", settings.amqp().host(), amqp.port()));
      }
      if (amqp.tlsPort() != 0) {
        listening(Listener.amqp("amqps", settings.amqp().host(), amqp.tlsPort()));
      }
      ManagementSettings management = settings.management();
      if (management != null) {
        ManagementServer served =
            opened("amqp-management port", bindManagement(management, amqp, version));
        listening(Listener.http("amqp-management", management.host(), served.port()));
      }
      jobs =
          opened(
              "jobs",
              new JobRegistry(
                  broker,
                  JobSettings.defaults().withAddresses(Set.of(bootstrap())),
                  clock,
                  timer,
                  MOST_JOBS));
      if (!settings.jobs().isEmpty()) {
        JobFiles.start(
            settings.jobs(), jobs, settings.kafka().autoCreateTopics() ? broker.topics() : null);
      }
      edge = opened("edge port", bindEdge());
      listening(Listener.http("edge", settings.edge().host(), edge.port()));
      ConsoleServer console = opened("console port", bindConsole(version, amqp));
      listening(Listener.http("console", settings.console().host(), console.port()));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a node.
   *
   * @param version of the program, for the console
   * @param onOpen told of each port as soon as it is open, on the calling thread
   * @throws NodeStartException when a port is taken or the data folder is in use
   * @throws SettingException when a setting cannot be used
   */
  public static Node start(NodeSettings settings, String version, Consumer<Listener> onOpen) {
    return new Node(settings, version, onOpen);
  }

  /** The open ports, in the order in which they were opened. */
  public List<Listener> listeners() {
    return List.copyOf(listeners);
  }

  /** What {@code bootstrap.servers} of a client on this machine is. */
  public String bootstrap() {
    return listeners.getFirst().url();
  }

  /** The broker. */
  public Broker broker() {
    return broker;
  }

  /** The jobs that run on it. */
  public JobRegistry jobs() {
    return jobs;
  }

  /** The edge. */
  public EdgeServer edge() {
    return edge;
  }

  private LogStore openStore() {
    try {
      return LogStore.open(settings.data(), clock, settings.compaction());
    } catch (SettingException e) {
      throw new NodeStartException(String.valueOf(e.getMessage()));
    }
  }

  private KafkaServer bindKafka() {
    try {
      KafkaServer server = KafkaServer.bind(broker, settings.kafka(), LogbackLevels.ofProgram());
      meters.add(server);
      return server;
    } catch (SettingException e) {
      if (!e.setting().equals("kafka.port")) {
        throw e;
      }
      throw NodeStartException.cannotListen(
          "kafka", settings.kafka().host(), settings.kafka().port(), "--kafka-port", e);
    }
  }

  private AmqpServer bindAmqp() {
    try {
      AmqpServer server = AmqpServer.bind(broker, settings.amqp());
      meters.add(server);
      return server;
    } catch (SettingException e) {
      switch (e.setting()) {
        case "amqp.port" ->
            throw NodeStartException.cannotListen(
                "amqp", settings.amqp().host(), settings.amqp().port(), "--amqp-port", e);
        case "amqp.tls.port" ->
            throw NodeStartException.cannotListen(
                "amqps",
                settings.amqp().host(),
                Objects.requireNonNull(settings.amqp().security().tls()).port(),
                "amqp.tls.port",
                e);
        default -> throw e;
      }
    }
  }

  private ManagementServer bindManagement(
      ManagementSettings management, AmqpServer amqp, String version) {
    try {
      return ManagementServer.bind(
          management, new ManagementSources(facts(version), amqp, clock), timer);
    } catch (SettingException e) {
      throw NodeStartException.cannotListen(
          "amqp-management", management.host(), management.port(), "amqp.management.port", e);
    }
  }

  /** What the node is, with the ports that are open so far. */
  private NodeFacts facts(String version) {
    List<NodeFacts.Listener> shown = new ArrayList<>();
    for (Listener listener : listeners) {
      shown.add(new NodeFacts.Listener(listener.name(), listener.url()));
    }
    return new NodeFacts(version, settings.data(), clock.millis(), shown);
  }

  private EdgeServer bindEdge() {
    List<Route> routes = new ArrayList<>();
    for (RouteSettings route : settings.routes()) {
      routes.add(route(route));
    }
    try {
      return new EdgeServer(settings.edge(), new RouteTable(routes), clock, broker.topics());
    } catch (SettingException e) {
      if (!e.setting().equals("edge.port")) {
        throw e;
      }
      throw NodeStartException.cannotListen(
          "edge", settings.edge().host(), settings.edge().port(), "--edge-port", e);
    }
  }

  private Route route(RouteSettings route) {
    return switch (route) {
      case Folder files ->
          route(
              files.host(),
              files.path(),
              new FolderOrigin(files.folder(), files.path()),
              files.policy());
      case Proxy proxy -> {
        var server = HttpOrigin.Settings.of(proxy.server().getHost(), port(proxy.server()));
        yield route(
            proxy.host(),
            proxy.path(),
            new HttpOrigin(server, HeadLimits.DEFAULT, clock),
            proxy.policy());
      }
      case View shown -> {
        TopicView view = TopicView.start(broker.topics(), shown.view(), clock);
        meters.add(opened("view " + shown.view().pathPrefix(), view));
        Route any = view.route();
        yield new Route(shown.host(), any.pathPrefix(), any.origin(), any.policy());
      }
      case TopicsOverHttp served -> {
        TopicApi api = new TopicApi(broker.topics(), served.topics(), clock);
        meters.add(opened("topics at " + served.topics().pathPrefix(), api));
        yield api.route(served.host());
      }
    };
  }

  private Route route(String host, String path, Origin origin, CachePolicy policy) {
    return new Route(host, path, opened("route " + path, origin), policy);
  }

  private static int port(URI server) {
    return server.getPort() < 0 ? 80 : server.getPort();
  }

  private ConsoleServer bindConsole(String version, AmqpServer amqp) {
    SchemaRegistry schemas =
        settings.schemas() == null
            ? null
            : opened(
                "schema registry", SchemaRegistry.open(broker.topics(), settings.schemas(), clock));
    NodeFacts facts = facts(version);
    try {
      return ConsoleServer.bind(
          settings.console(),
          new ConsoleSources(facts, broker, kafka.metrics(), jobs, edge, schemas, amqp, meters),
          clock,
          timer);
    } catch (SettingException e) {
      throw NodeStartException.cannotListen(
          "console", settings.console().host(), settings.console().port(), "--console-port", e);
    }
  }

  private void listening(Listener listener) {
    listeners.add(listener);
    onOpen.accept(listener);
  }

  private <T extends AutoCloseable> T opened(String name, T what) {
    opened.push(new Opened(name, what));
    return what;
  }

  /**
   * Closes everything in the reverse order of its opening. What fails is logged and passed over.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Opened each = opened.poll(); each != null; each = opened.poll()) {
      try {
        each.what().close();
      } catch (Exception e) {
        LOG.error("Closing the {} failed", each.name(), e);
      }
    }
  }
}
