package io.millrace.kafka.net;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Authorizer;
import io.millrace.broker.security.Operation;
import io.millrace.kafka.quota.ClientBilling;
import io.millrace.kafka.quota.QuotaAccounts;
import io.millrace.kafka.quota.RequestBill;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: who is at its other end, what an API keeps for it, and how it ends. Bytes
 * become requests in the {@link RequestIntake}, answers become bytes in the {@link AnswerQueue}.
 *
 * <p>Confined to its event loop, but for {@link #execute} and {@link #closeSoon}.
 */
public final class Connection extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Channel channel;
  private final Listener listener;
  private final boolean encrypted;
  private final KafkaMetrics metrics;
  private final Authentication authentication;
  private final TopicRights topicRights;
  private final ClientBilling billing;
  private final AnswerQueue answers;
  private final RequestIntake intake;
  private final IdleWatch watch;
  private boolean closed;
  private boolean closeOnceAnswered;
  private @Nullable ConnectionState session;
  private @Nullable ConnectionState shareSessions;
  private ClientSoftware software = ClientSoftware.UNKNOWN;

  Connection(
      Channel channel,
      Listener listener,
      ApiTable apis,
      ConnectionLimits limits,
      Authorizer authorizer,
      QuotaAccounts quotas,
      InFlightBudget budget,
      KafkaMetrics metrics) {
    this.channel = channel;
    this.listener = listener;
    this.encrypted = listener.tls() != null;
    this.metrics = metrics;
    this.authentication = new Authentication(listener.sasl());
    this.topicRights = new TopicRights(authorizer);
    this.billing = new ClientBilling(quotas);
    this.answers = new AnswerQueue(channel, encrypted, budget, metrics);
    this.intake = new RequestIntake(this, channel, apis, limits, budget, metrics, answers);
    this.watch = new IdleWatch(this, intake, answers, limits, metrics);
  }

  // ---- who is at the other end ----

  /** The address of the client's end, as text. */
  public String clientHost() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? "/" + address.getAddress().getHostAddress()
        : "unknown";
  }

  private String address() {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress().getHostAddress()
        : "unknown";
  }

  /** The port of the client's end, 0 when it is not known. */
  public int clientPort() {
    return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getPort() : 0;
  }

  /** The library that the client says it uses. */
  public ClientSoftware software() {
    return software;
  }

  /** The client has said which library it uses. */
  public void software(ClientSoftware told) {
    software = told;
  }

  /** The port that the client came through. */
  public Listener listener() {
    return listener;
  }

  /** Who the client is. */
  public Authentication authentication() {
    return authentication;
  }

  /** What the client may do. */
  public Access access() {
    return topicRights.access(authentication.principal(), address());
  }

  /** Whether the client may read from a topic. */
  public boolean mayRead(String topic) {
    return mayTopic(Operation.READ, topic);
  }

  /** Whether the client may write to a topic. */
  public boolean mayWrite(String topic) {
    return mayTopic(Operation.WRITE, topic);
  }

  private boolean mayTopic(Operation operation, String topic) {
    Access client = access();
    return client.isUnlimited() || topicRights.may(client, operation, topic);
  }

  /** What a request is charged, whose client's name is at {@code index}; null for nothing. */
  @Nullable RequestBill bill(ByteBuf frame, int index, int length) {
    return billing.bill(authentication.principal(), frame, index, length);
  }

  // ---- what handlers need of it ----

  /** Where to get buffers for answers. */
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** The loop that owns this connection. */
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  boolean inEventLoop() {
    return channel.eventLoop().inEventLoop();
  }

  /** Runs a task on the event loop. Any thread. */
  public void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** The fetch session of this connection, or null. It goes when the connection goes. */
  public @Nullable ConnectionState session() {
    return session;
  }

  /** Keeps a fetch session, or none for null; closes the one that was kept before. */
  public void session(@Nullable ConnectionState state) {
    ConnectionState before = session;
    session = state;
    if (before != null) {
      before.close();
    }
  }

  /** The share sessions of this connection, or null. */
  public @Nullable ConnectionState shareSessions() {
    return shareSessions;
  }

  /** Keeps share sessions until the connection goes; once. */
  public void shareSessions(ConnectionState state) {
    shareSessions = state;
  }

  /** A file region of this connection is about to be written. */
  public void regionOpened() {
    answers.regionOpened();
  }

  /** A file region has been written, or dropped. */
  public void regionClosed() {
    answers.regionClosed();
    intake.resume();
  }

  // ---- what happens on the socket ----

  ReadBuffer readBuffer() {
    return intake.readBuffer();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    watch.start(channel.eventLoop());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    answers.readingBegins();
    watch.moved();
    if (encrypted) {
      intake.decrypted((ByteBuf) message);
    } else {
      intake.arrived((ByteBuf) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    answers.readingEnds();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      intake.resume();
    }
  }

  /** A request has its answer, or will never have one. */
  void answered(Exchange exchange) {
    answers.settle(exchange);
    if (closed) {
      Exchange.release(exchange.takeReply());
      return;
    }
    if (answers.writeThoseDue()) {
      watch.moved();
    }
    if (closeOnceAnswered && answers.isEmpty()) {
      closeAfterFlush();
      return;
    }
    RequestBill bill = exchange.bill();
    if (bill != null && bill.throttleMillis() > 0) {
      intake.hold(bill.throttleMillis());
    }
    intake.resume();
  }

  // ---- the end ----

  boolean isClosed() {
    return closed;
  }

  /** Whether further requests are read. */
  boolean takesRequests() {
    return !closed && !closeOnceAnswered;
  }

  /** Ends the connection once all that has been asked is answered; nothing more is read. */
  public void closeOnceAnswered() {
    closeOnceAnswered = true;
    channel.config().setAutoRead(false);
    if (answers.isEmpty()) {
      closeAfterFlush();
    }
  }

  private void closeAfterFlush() {
    ChannelFuture unused =
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Closes the socket. Any thread. */
  void closeSoon() {
    ChannelFuture unused = channel.close();
  }

  /** Closes the socket at once, and counts why. */
  void closeFor(LongAdder counter, @Nullable String reason) {
    if (!closed) {
      counter.increment();
      LOG.debug("Closing the connection of {}: {}", channel.remoteAddress(), reason);
      markClosed();
      closeSoon();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    markClosed();
    metrics.connections.decrementAndGet();
  }

  private void markClosed() {
    if (closed) {
      return;
    }
    closed = true;
    answers.close();
    session(null);
    intake.close();
    ConnectionState shares = shareSessions;
    if (shares != null) {
      shareSessions = null;
      shares.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean ofTheClient = cause instanceof IOException || cause.getCause() instanceof SSLException;
    if (!ofTheClient) {
      metrics.failures.increment();
      LOG.error("The connection of {} failed", channel.remoteAddress(), cause);
    }
    closeSoon();
  }
}
