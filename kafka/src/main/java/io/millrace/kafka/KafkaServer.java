package io.millrace.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.Broker;
import io.millrace.broker.security.Authorizer;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.tls.ServerTls;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.control.LogLevels;
import io.millrace.kafka.control.NodeIdentity;
import io.millrace.kafka.net.ApiTable;
import io.millrace.kafka.net.ConnectionInitializer;
import io.millrace.kafka.net.ConnectionLimits;
import io.millrace.kafka.net.InFlightBudget;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.net.Listener;
import io.millrace.kafka.net.Listener.Address;
import io.millrace.kafka.net.Transport;
import io.millrace.kafka.quota.ConnectionQuotas;
import io.millrace.kafka.quota.QuotaAccounts;
import io.millrace.kafka.quota.QuotaMeters;
import io.millrace.kafka.telemetry.ClientTelemetry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves Kafka's protocol on its ports. {@link #bind} opens them, {@link #close} ends all
 * connections and threads; the broker stays the caller's.
 */
public final class KafkaServer implements AutoCloseable, MeterBinder {

  private static final int BACKLOG = 1024;

  /** Between two looks for clients that push no metrics any more. */
  private static final int SWEEP_SECONDS = 5;

  private static final int CLOSE_SECONDS = 5;

  /** A connection that comes while the others are being closed is closed too. */
  private static final boolean STAY_CLOSED = true;

  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(256 * 1024, 512 * 1024);

  private final EventLoopGroup loops;
  private final List<Channel> ports;
  private final List<Listener> listeners;
  private final ApiTable apis;
  private final KafkaMetrics metrics;
  private final InFlightBudget budget;
  private final QuotaAccounts quotas;
  private final ClientTelemetry telemetry;
  private final ChannelGroup connections;
  private final Runnable whenClosed;

  private KafkaServer(
      EventLoopGroup loops,
      List<Channel> ports,
      List<Listener> listeners,
      ApiTable apis,
      KafkaMetrics metrics,
      InFlightBudget budget,
      QuotaAccounts quotas,
      ClientTelemetry telemetry,
      ChannelGroup connections,
      Runnable whenClosed) {
    this.loops = loops;
    this.ports = ports;
    this.listeners = listeners;
    this.apis = apis;
    this.metrics = metrics;
    this.budget = budget;
    this.quotas = quotas;
    this.telemetry = telemetry;
    this.connections = connections;
    this.whenClosed = whenClosed;
  }

  /**
   * Opens the ports and serves them at once.
   *
   * @throws SettingException when a port is taken, an address is not this machine's, or a
   *     certificate cannot be used
   */
  public static KafkaServer bind(Broker broker, KafkaSettings settings) {
    return bind(broker, settings, LogLevels.NONE);
  }

  /**
   * As above.
   *
   * @param loggers the program's, for clients that may see and change them
   */
  public static KafkaServer bind(Broker broker, KafkaSettings settings, LogLevels loggers) {
    KafkaMetrics metrics = new KafkaMetrics();
    InFlightBudget budget = new InFlightBudget(settings.maxRequestBytesInFlight());
    TlsSettings tlsSettings = settings.security().tls();
    ServerTls tls = tlsSettings == null ? null : new ServerTls(tlsSettings);
    List<Listener> listeners = new ArrayList<>();
    for (ListenerSettings listener : settings.listeners()) {
      SecurityProtocol protocol = listener.protocol();
      listeners.add(new Listener(listener.name(), protocol.tls() ? tls : null, protocol.sasl()));
    }
    ClientTelemetry telemetry =
        new ClientTelemetry(
            broker.clientMetrics()::subscriptions, settings.maxTelemetryBytes(), Clock.system());
    ApiTable apis =
        ServedApis.table(
            broker, settings, identity(broker, listeners.getFirst()), metrics, telemetry, loggers);
    Authorizer authorizer =
        new Authorizer(settings.security().authorizer(), () -> broker.acls().index());
    QuotaAccounts quotas =
        new QuotaAccounts(
            broker.clientQuotas()::quotas,
            broker.alarms()::isRaised,
            settings.quotas(),
            Clock.system());
    ConnectionQuotas connectionQuotas =
        new ConnectionQuotas(
            settings.connectionQuotas(),
            listeners.stream().map(Listener::name).toList(),
            settings.quotas(),
            Clock.system());
    broker.dynamicSettings().register(connectionQuotas);
    Transport transport = Transport.best();
    EventLoopGroup loops = transport.eventLoops(settings.eventLoopThreads(), "kafka");
    ConnectionLimits limits =
        new ConnectionLimits(
            settings.maxRequestBytes(),
            settings.maxRequestsPerConnection(),
            settings.maxRequestBytesPerConnection(),
            settings.idleTimeout(),
            settings.arrivalTimeout());
    ChannelGroup connections =
        new DefaultChannelGroup("kafka", GlobalEventExecutor.INSTANCE, STAY_CLOSED);
    List<Channel> ports = new ArrayList<>();
    try {
      for (int i = 0; i < listeners.size(); i++) {
        ListenerSettings listener = settings.listeners().get(i);
        ServerBootstrap bootstrap =
            new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .childHandler(
                    new ConnectionInitializer(
                        listeners.get(i),
                        apis,
                        limits,
                        authorizer,
                        connectionQuotas,
                        quotas,
                        budget,
                        metrics,
                        connections));
        Channel port = open(bootstrap, listener);
        ports.add(port);
        listeners.get(i).opened(advertised(listener, (InetSocketAddress) port.localAddress()));
      }
    } catch (SettingException e) {
      broker.dynamicSettings().unregister(connectionQuotas);
      shutDown(ports, connections, loops);
      throw e;
    }
    ScheduledFuture<?> unused =
        loops
            .next()
            .scheduleWithFixedDelay(
                telemetry::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    Runnable whenClosed = () -> broker.dynamicSettings().unregister(connectionQuotas);
    return new KafkaServer(
        loops, ports, listeners, apis, metrics, budget, quotas, telemetry, connections, whenClosed);
  }

  private static Channel open(ServerBootstrap bootstrap, ListenerSettings listener) {
    ChannelFuture opened = bootstrap.bind(listener.host(), listener.port()).awaitUninterruptibly();
    if (!opened.isSuccess()) {
      throw new SettingException(
          "kafka.port",
          "is "
              + listener.port()
              + " on "
              + listener.host()
              + ", which cannot be opened ("
              + opened.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    return opened.channel();
  }

  private static Address advertised(ListenerSettings listener, InetSocketAddress bound) {
    String host = listener.advertisedHost();
    if (host == null) {
      host = bound.getAddress().isAnyLocalAddress() ? "localhost" : listener.host();
    }
    int port = listener.advertisedPort() != 0 ? listener.advertisedPort() : bound.getPort();
    return new Address(host, port);
  }

  /** What all clients are told alike, and the address for those who came through that port. */
  private static Supplier<NodeIdentity> identity(Broker broker, Listener listener) {
    return () -> {
      Address address = listener.advertised();
      return new NodeIdentity(broker.clusterId(), broker.nodeId(), address.host(), address.port());
    };
  }

  /** The first port. */
  public int port() {
    return ((InetSocketAddress) ports.getFirst().localAddress()).getPort();
  }

  /**
   * The port with that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public int port(String name) {
    for (int i = 0; i < listeners.size(); i++) {
      if (listeners.get(i).name().equals(name)) {
        return ((InetSocketAddress) ports.get(i).localAddress()).getPort();
      }
    }
    throw new IllegalArgumentException("there is no port named " + name);
  }

  /** What clients of the first port are told to connect to, as {@code host:port}. */
  public String advertised() {
    Address address = listeners.getFirst().advertised();
    return address.host() + ":" + address.port();
  }

  /** What is counted. */
  public KafkaMetrics metrics() {
    return metrics;
  }

  /** Publishes what is counted, under names that begin with {@code millrace.kafka}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    ServerMeters.bind(metrics, budget, apis, registry);
    QuotaMeters.bind(quotas, registry);
    telemetry.bindTo(registry);
  }

  /** What clients with quotas use. */
  public QuotaAccounts quotas() {
    return quotas;
  }

  /** What clients push. */
  public ClientTelemetry telemetry() {
    return telemetry;
  }

  /** The bytes of requests in flight. */
  public InFlightBudget budget() {
    return budget;
  }

  /** The APIs served. */
  public ApiTable apis() {
    return apis;
  }

  /** Closes the ports and all connections; what is unanswered stays so. */
  @Override
  public void close() {
    whenClosed.run();
    shutDown(ports, connections, loops);
  }

  /**
   * The connections are closed by name. An event loop closes those it has as it ends, but not when
   * it is told to end between its look at that and its last tasks: then its sockets stay open with
   * nobody to read them, and clients wait for answers until they lose patience.
   */
  private static void shutDown(
      List<Channel> ports, ChannelGroup connections, EventLoopGroup loops) {
    ports.forEach(port -> port.close().awaitUninterruptibly());
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
