package io.millrace.amqp;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.amqp.auth.Users;
import io.millrace.amqp.connection.AmqpMetrics;
import io.millrace.amqp.connection.ConnectionInitializer;
import io.millrace.amqp.connection.ConnectionLimits;
import io.millrace.amqp.connection.OpenConnections;
import io.millrace.amqp.wire.BasicProperties;
import io.millrace.broker.Broker;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.Messaging;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
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
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Serves AMQP 0-9-1 on a port. {@link #bind} opens it, {@link #close} ends all connections and
 * threads; the broker stays the caller's.
 */
public final class AmqpServer implements AutoCloseable, MeterBinder {

  private static final int BACKLOG = 1024;
  private static final int CLOSE_SECONDS = 5;

  /** A connection that comes while the others are being closed is closed too. */
  private static final boolean STAY_CLOSED = true;

  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(256 * 1024, 512 * 1024);

  private final EventLoopGroup loops;
  private final Channel port;
  private final Messaging messaging;
  private final AmqpMetrics metrics;
  private final ChannelGroup connections;
  private final OpenConnections open;
  private final Users users;
  private final AmqpSettings settings;

  private AmqpServer(
      EventLoopGroup loops,
      Channel port,
      Messaging messaging,
      AmqpMetrics metrics,
      ChannelGroup connections,
      OpenConnections open,
      Users users,
      AmqpSettings settings) {
    this.loops = loops;
    this.port = port;
    this.messaging = messaging;
    this.metrics = metrics;
    this.connections = connections;
    this.open = open;
    this.users = users;
    this.settings = settings;
  }

  /**
   * Takes up the broker's queues, opens the port and serves it at once.
   *
   * @throws SettingException when the port is taken or the address is not this machine's
   */
  public static AmqpServer bind(Broker broker, AmqpSettings settings) {
    Messaging messaging = broker.messaging(settings.messaging(), BasicProperties.FORMAT);
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
    OpenConnections open = new OpenConnections();
    Users users = new Users(settings.users());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(kind)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
            .childHandler(
                new ConnectionInitializer(
                    users, messaging, limits, metrics, connections, open, Clock.system()));
    ChannelFuture opened = bootstrap.bind(settings.host(), settings.port()).awaitUninterruptibly();
    if (!opened.isSuccess()) {
      shutDown(loops);
      throw new SettingException(
          "amqp.port",
          "is "
              + settings.port()
              + " on "
              + settings.host()
              + ", which cannot be opened ("
              + opened.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    return new AmqpServer(
        loops, opened.channel(), messaging, metrics, connections, open, users, settings);
  }

  /** The port that is open. */
  public int port() {
    return ((InetSocketAddress) port.localAddress()).getPort();
  }

  /** The virtual hosts. */
  public Messaging messaging() {
    return messaging;
  }

  /** The connections that are open. */
  public OpenConnections connections() {
    return open;
  }

  /** The users that may connect. */
  public Users users() {
    return users;
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
    count(registry, prefix + "connections.blocked", AmqpMetrics::blocked);
    count(registry, prefix + "bytes.in", AmqpMetrics::bytesIn);
    count(registry, prefix + "bytes.out", AmqpMetrics::bytesOut);
    Gauge.builder(prefix + "heap.bytes", messaging, Messaging::heapBytes).register(registry);
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

  /** Closes the port and all connections. */
  @Override
  public void close() {
    port.close().awaitUninterruptibly();
    // By name: an event loop that is told to end between its look at that and its last tasks leaves
    // its sockets open, with nobody to read them.
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    shutDown(loops);
  }

  private static void shutDown(EventLoopGroup loops) {
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
