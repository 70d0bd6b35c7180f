package io.millrace.amqp;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.amqp.auth.Authenticator;
import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.amqp.auth.ConfiguredUsers;
import io.millrace.amqp.connection.AccessWatch;
import io.millrace.amqp.connection.AmqpMetrics;
import io.millrace.amqp.connection.ConnectionInitializer;
import io.millrace.amqp.connection.ConnectionLimits;
import io.millrace.amqp.connection.ConnectionServices;
import io.millrace.amqp.connection.OpenConnections;
import io.millrace.amqp.wire.BasicProperties;
import io.millrace.broker.Broker;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.Messaging;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Serves AMQP 0-9-1 on a port, in the clear, encrypted, or on both. {@link #bind} opens them,
 * {@link #close} ends all connections and threads; the broker stays the caller's.
 */
public final class AmqpServer implements AutoCloseable, MeterBinder {

  private static final int BACKLOG = 1024;
  private static final int CLOSE_SECONDS = 5;

  /** A connection that comes while the others are being closed is closed too. */
  private static final boolean STAY_CLOSED = true;

  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(256 * 1024, 512 * 1024);

  private final EventLoopGroup loops;
  private final @Nullable Channel port;
  private final @Nullable Channel tlsPort;
  private final Messaging messaging;
  private final AmqpMetrics metrics;
  private final ChannelGroup connections;
  private final ConnectionServices services;
  private final AmqpSettings settings;

  private AmqpServer(
      EventLoopGroup loops,
      @Nullable Channel port,
      @Nullable Channel tlsPort,
      Messaging messaging,
      AmqpMetrics metrics,
      ChannelGroup connections,
      ConnectionServices services,
      AmqpSettings settings) {
    this.loops = loops;
    this.port = port;
    this.tlsPort = tlsPort;
    this.messaging = messaging;
    this.metrics = metrics;
    this.connections = connections;
    this.services = services;
    this.settings = settings;
  }

  /**
   * Takes up the broker's queues, opens the ports and serves them at once.
   *
   * @throws SettingException when a port is taken, the address is not this machine's, or the
   *     certificate cannot be used
   */
  public static AmqpServer bind(Broker broker, AmqpSettings settings) {
    Messaging messaging = broker.messaging(settings.messaging(), BasicProperties.FORMAT);
    AmqpSecurity security = settings.security();
    SecureRandom random = new SecureRandom();
    ConfiguredUsers.declare(
        messaging.access(), security.users(), settings.messaging().virtualHosts(), random);
    AmqpSecurity.Encrypted encrypted = security.tls();
    ServerTls tls = encrypted == null ? null : new ServerTls(encrypted.certificates());
    AmqpMetrics metrics = new AmqpMetrics();
    ConnectionLimits limits =
        new ConnectionLimits(
            settings.frameMax(),
            settings.channelMax(),
            settings.heartbeat(),
            settings.handshakeTimeout(),
            settings.maxConnections(),
            settings.messaging().maxMessageBytes());
    boolean epoll = Epoll.isAvailable();
    int threads =
        settings.threads() > 0
            ? settings.threads()
            : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            threads,
            new DefaultThreadFactory("amqp", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Class<? extends ServerChannel> kind =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    ChannelGroup connections =
        new DefaultChannelGroup("amqp", GlobalEventExecutor.INSTANCE, STAY_CLOSED);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(kind)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER);
    ConnectionServices services =
        ConnectionServices.of(
            new Authenticator(messaging.access(), security.loopbackUsers(), random),
            messaging,
            limits,
            metrics,
            Clock.system());
    Channel clear = null;
    Channel secure = null;
    try {
      if (security.plaintext()) {
        clear =
            open(
                bootstrap.clone(),
                new ConnectionInitializer(
                    services, connections, null, CertificateLogin.DISTINGUISHED_NAME),
                "amqp.port",
                settings.host(),
                settings.port());
      }
      if (encrypted != null) {
        secure =
            open(
                bootstrap.clone(),
                new ConnectionInitializer(services, connections, tls, encrypted.login()),
                "amqp.tls.port",
                settings.host(),
                encrypted.port());
      }
    } catch (SettingException e) {
      shutDown(loops);
      throw e;
    }
    messaging.access().whenChanged(new AccessWatch(messaging.access(), connections));
    return new AmqpServer(
        loops, clear, secure, messaging, metrics, connections, services, settings);
  }

  private static Channel open(
      ServerBootstrap bootstrap,
      ConnectionInitializer connections,
      String setting,
      String host,
      int port) {
    ChannelFuture opened =
        bootstrap.childHandler(connections).bind(host, port).awaitUninterruptibly();
    if (!opened.isSuccess()) {
      throw new SettingException(
          setting,
          "is "
              + port
              + " on "
              + host
              + ", which cannot be opened ("
              + opened.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    return opened.channel();
  }

  /** The port in the clear that is open, or 0. */
  public int port() {
    return numberOf(port);
  }

  /** The encrypted port that is open, or 0. */
  public int tlsPort() {
    return numberOf(tlsPort);
  }

  private static int numberOf(@Nullable Channel open) {
    return open == null ? 0 : ((InetSocketAddress) open.localAddress()).getPort();
  }

  /** The virtual hosts. */
  public Messaging messaging() {
    return messaging;
  }

  /** The connections that are open. */
  public OpenConnections connections() {
    return services.open();
  }

  /** Finds out who a client is. */
  public Authenticator authenticator() {
    return services.authenticator();
  }

  /** What it was told. */
  public AmqpSettings settings() {
    return settings;
  }

  /** What is counted. */
  public AmqpMetrics metrics() {
    return metrics;
  }

  /** Publishes what is counted, under names that begin with {@code millrace.amqp}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    String prefix = "millrace.amqp.";
    Gauge.builder(prefix + "connections", metrics, AmqpMetrics::connections).register(registry);
    Gauge.builder(prefix + "channels", metrics, AmqpMetrics::channels).register(registry);
    count(registry, prefix + "connections.accepted", AmqpMetrics::accepted);
    count(registry, prefix + "connections.refused", AmqpMetrics::refused);
    count(registry, prefix + "connections.closed.error", AmqpMetrics::closedForError);
    count(registry, prefix + "connections.closed.silent", AmqpMetrics::closedForSilence);
    count(registry, prefix + "authentications.failed", AmqpMetrics::failedAuthentications);
    count(registry, prefix + "tls.handshakes.failed", AmqpMetrics::failedHandshakes);
    count(registry, prefix + "connections.blocked", AmqpMetrics::blocked);
    count(registry, prefix + "connections.held.credit", AmqpMetrics::outOfCredit);
    count(registry, prefix + "bytes.in", AmqpMetrics::bytesIn);
    count(registry, prefix + "bytes.out", AmqpMetrics::bytesOut);
    Gauge.builder(prefix + "heap.bytes", messaging, each -> each.alarms().messageBytes())
        .register(registry);
    Gauge.builder(prefix + "queues", messaging, each -> sum(each, queue -> 1)).register(registry);
    Gauge.builder(prefix + "messages.ready", messaging, each -> sum(each, MessageQueue::readyCount))
        .register(registry);
    Gauge.builder(
            prefix + "messages.unacknowledged",
            messaging,
            each -> sum(each, MessageQueue::outCount))
        .register(registry);
    Gauge.builder(prefix + "consumers", messaging, each -> sum(each, MessageQueue::consumerCount))
        .register(registry);
  }

  private static double sum(Messaging messaging, ToLongFunction<MessageQueue> figure) {
    return messaging.hosts().stream()
        .flatMap(host -> host.queues().stream())
        .mapToLong(figure)
        .sum();
  }

  private void count(MeterRegistry registry, String name, ToDoubleFunction<AmqpMetrics> figure) {
    FunctionCounter.builder(name, metrics, figure).register(registry);
  }

  /** Closes the ports and all connections. */
  @Override
  public void close() {
    for (Channel open : new Channel[] {port, tlsPort}) {
      if (open != null) {
        open.close().awaitUninterruptibly();
      }
    }
    // By name: an event loop that is told to end between its look at that and its last tasks leaves
    // its sockets open, with nobody to read them.
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    shutDown(loops);
  }

  private static void shutDown(EventLoopGroup loops) {
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
