package io.millrace.kafka;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.kafka.control.ControlApis;
import io.millrace.kafka.control.NodeIdentity;
import io.millrace.kafka.fetch.FetchHandler;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiTable;
import io.millrace.kafka.net.ConnectionInitializer;
import io.millrace.kafka.net.ConnectionLimits;
import io.millrace.kafka.net.InFlightBudget;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.net.Transport;
import io.millrace.kafka.produce.ProduceHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Serves Kafka's protocol on one port. {@link #bind} opens it, {@link #close} ends all connections
 * and threads; the broker stays the caller's.
 */
public final class KafkaServer implements AutoCloseable, MeterBinder {

  private static final int BACKLOG = 1024;
  private static final int MOST_SESSION_PARTITIONS = 100_000;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(256 * 1024, 512 * 1024);

  private final EventLoopGroup loops;
  private final Channel listener;
  private final NodeIdentity identity;
  private final ApiTable apis;
  private final KafkaMetrics metrics;
  private final InFlightBudget budget;

  private KafkaServer(
      EventLoopGroup loops,
      Channel listener,
      NodeIdentity identity,
      ApiTable apis,
      KafkaMetrics metrics,
      InFlightBudget budget) {
    this.loops = loops;
    this.listener = listener;
    this.identity = identity;
    this.apis = apis;
    this.metrics = metrics;
    this.budget = budget;
  }

  /**
   * Opens the port and serves it at once.
   *
   * @throws SettingException when the port is taken or the address is not this machine's
   */
  public static KafkaServer bind(Broker broker, KafkaSettings settings) {
    KafkaMetrics metrics = new KafkaMetrics();
    InFlightBudget budget = new InFlightBudget(settings.maxRequestBytesInFlight());
    BoundIdentity bound = new BoundIdentity(broker, settings);
    ApiTable apis = apis(broker, settings, bound);
    Transport transport = Transport.best();
    EventLoopGroup loops = transport.eventLoops(settings.eventLoopThreads(), "kafka");
    ConnectionLimits limits =
        new ConnectionLimits(
            settings.maxRequestBytes(),
            settings.maxRequestsPerConnection(),
            settings.maxRequestBytesPerConnection(),
            settings.maxConnections(),
            settings.idleTimeout(),
            settings.arrivalTimeout());
    ChannelFuture opened =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
            .childHandler(new ConnectionInitializer(apis, limits, budget, metrics))
            .bind(settings.host(), settings.port())
            .awaitUninterruptibly();
    if (!opened.isSuccess()) {
      shutDown(loops);
      throw new SettingException(
          "kafka.port",
          "is "
              + settings.port()
              + " on "
              + settings.host()
              + ", which cannot be opened ("
              + opened.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    NodeIdentity identity = bound.opened((InetSocketAddress) opened.channel().localAddress());
    return new KafkaServer(loops, opened.channel(), identity, apis, metrics, budget);
  }

  /** All APIs that a node serves: the table that docs/kafka.md shows. */
  private static ApiTable apis(Broker broker, KafkaSettings settings, BoundIdentity identity) {
    List<Api> all = new ArrayList<>();
    int longestControl = settings.maxControlRequestBytes();
    // librdkafka up to 2.9 takes a node without Produce 0 for one too old to talk to, though it
    // never asks for it.
    all.add(
        new Api(
            (short) 0,
            "Produce",
            (short) 3,
            (short) 13,
            (short) 0,
            (short) 9,
            settings.maxRequestBytes(),
            new ProduceHandler(broker.topics(), broker.transactions())));
    all.add(
        new Api(
            (short) 1,
            "Fetch",
            (short) 4,
            (short) 18,
            (short) 4,
            (short) 12,
            longestControl,
            new FetchHandler(broker.topics(), settings.maxFetchBytes(), MOST_SESSION_PARTITIONS)));
    all.addAll(
        new ControlApis(
                broker,
                Clock.system(),
                identity::now,
                settings.autoCreateTopics(),
                settings.byName(),
                longestControl,
                () -> all)
            .table());
    return new ApiTable(all);
  }

  /** The port that is open. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** What clients are told to connect to, as {@code host:port}. */
  public String advertised() {
    return identity.host() + ":" + identity.port();
  }

  /** What is counted. */
  public KafkaMetrics metrics() {
    return metrics;
  }

  /** Publishes what is counted, under names that begin with {@code millrace.kafka}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    String prefix = "millrace.kafka.";
    Gauge.builder(prefix + "connections", metrics, KafkaMetrics::connections).register(registry);
    Gauge.builder(prefix + "request.bytes.in.flight", budget, InFlightBudget::held)
        .register(registry);
    count(registry, prefix + "connections.accepted", KafkaMetrics::connectionsAccepted);
    count(registry, prefix + "connections.refused", KafkaMetrics::connectionsRefused);
    count(registry, prefix + "connections.closed.bad.frame", KafkaMetrics::closedForBadFrame);
    count(registry, prefix + "connections.closed.unknown.api", KafkaMetrics::closedForUnknownApi);
    count(registry, prefix + "connections.closed.idle", KafkaMetrics::closedIdle);
    count(registry, prefix + "bytes.in", KafkaMetrics::bytesIn);
    count(registry, prefix + "bytes.out", KafkaMetrics::bytesOut);
    count(registry, prefix + "throttled", KafkaMetrics::throttled);
    count(registry, prefix + "failures", KafkaMetrics::failures);
    for (Api api : apis.apis()) {
      FunctionCounter.builder(prefix + "requests", metrics, m -> m.requests(api.key()))
          .tag("api", api.name())
          .register(registry);
    }
  }

  private void count(MeterRegistry registry, String name, ToDoubleFunction<KafkaMetrics> figure) {
    FunctionCounter.builder(name, metrics, figure).register(registry);
  }

  /** The bytes of requests in flight. */
  public InFlightBudget budget() {
    return budget;
  }

  /** The APIs served. */
  public ApiTable apis() {
    return apis;
  }

  /** Closes the port and all connections; what is unanswered stays so. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    shutDown(loops);
  }

  private static void shutDown(EventLoopGroup loops) {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
