package io.millrace.kafka.net;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Authorizer;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.Principal;
import io.millrace.kafka.wire.MalformedRequestException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: cuts its bytes into requests, starts them, and writes their answers in the
 * order of the requests.
 *
 * <p>Confined to its event loop, but for {@link #execute} and {@link #closeSoon}.
 *
 * <p>The socket is left unread ("stalled") while any of these holds, and bytes already read wait in
 * the {@link ReadBuffer}: too many requests, or too many of their bytes, are unanswered; the client
 * does not read its answers; the node's {@link InFlightBudget} is used up.
 */
public final class Connection extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** Length, API key, version, correlation id, length of the client's name. */
  private static final int LEAST_FRAME_BYTES = 2 + 2 + 4 + 2;

  /** File regions weigh nothing in the socket's write buffer, so they are counted here. */
  private static final int MOST_OPEN_REGIONS = 256;

  private final Channel channel;
  private final ApiTable apis;
  private final ConnectionLimits limits;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;
  private final ReadBuffer read;
  private final Listener listener;
  private final boolean encrypted;
  private final Authentication authentication;
  private final TopicRights topicRights;
  private final ArrayDeque<Exchange> unanswered = new ArrayDeque<>();
  private long bytesInFlight;
  private int openRegions;
  private boolean consuming;
  private boolean stalled;
  private boolean reading;
  private boolean flushScheduled;
  private boolean closed;
  private long activity;
  private long activitySeen;
  private long quietNanos;
  private long ageNanos;
  private boolean closeOnceAnswered;
  private @Nullable Object session;
  private @Nullable Attachment attachment;

  Connection(
      Channel channel,
      Listener listener,
      ApiTable apis,
      ConnectionLimits limits,
      Authorizer authorizer,
      InFlightBudget budget,
      KafkaMetrics metrics) {
    this.channel = channel;
    this.listener = listener;
    this.encrypted = listener.tls() != null;
    this.topicRights = new TopicRights(authorizer);
    this.authentication = new Authentication(listener.sasl());
    this.apis = apis;
    this.limits = limits;
    this.budget = budget;
    this.metrics = metrics;
    this.read = new ReadBuffer(LoopBuffer.ofThisLoop(channel.alloc()), budget);
  }

  /** The address of the client's end, as text. */
  public String clientHost() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? "/" + address.getAddress().getHostAddress()
        : "unknown";
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

  private String address() {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress().getHostAddress()
        : "unknown";
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

  /** Ends the connection once all that has been asked is answered; nothing more is read. */
  public void closeOnceAnswered() {
    closeOnceAnswered = true;
    channel.config().setAutoRead(false);
    if (unanswered.isEmpty()) {
      closeAfterFlush();
    }
  }

  private void closeAfterFlush() {
    ChannelFuture unused =
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Where to get buffers for answers. */
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** The loop that owns this connection. */
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  /** State that an API keeps for this connection, or null. It goes when the connection goes. */
  public @Nullable Object session() {
    return session;
  }

  /** Keeps state for this connection, or none for null. */
  public void session(@Nullable Object state) {
    session = state;
  }

  /** State that is told when the connection goes, or null. */
  public @Nullable Attachment attachment() {
    return attachment;
  }

  /** Keeps state until the connection goes; there is one at most. */
  public void attach(Attachment state) {
    attachment = state;
  }

  /** State of a connection that has something to give back. */
  public interface Attachment {
    /** The connection has gone, after all that was unanswered; on its event loop. */
    void connectionClosed();
  }

  /** A file region of this connection is about to be written. */
  public void regionOpened() {
    openRegions++;
  }

  /** A file region has been written, or dropped. */
  public void regionClosed() {
    openRegions--;
    resume();
  }

  boolean inEventLoop() {
    return channel.eventLoop().inEventLoop();
  }

  /** Runs a task on the event loop. Any thread. */
  public void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** Closes the socket. Any thread. */
  void closeSoon() {
    ChannelFuture unused = channel.close();
  }

  ReadBuffer readBuffer() {
    return read;
  }

  // ---- bytes in ----

  @Override
  public void channelActive(ChannelHandlerContext context) {
    scheduleSweep();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    reading = true;
    activity++;
    if (encrypted) {
      decrypted(bytes);
      return;
    }
    metrics.bytesIn.add(read.lastBytesRead());
    if (read.owns(bytes)) {
      // The read buffer keeps a reference of its own.
      bytes.release();
    }
    if (closed) {
      read.drop(bytes);
      return;
    }
    consume(bytes);
  }

  /**
   * Bytes that TLS has decrypted come in buffers of its own, and may come while the socket is no
   * longer read: what one read of the socket held. They join what waits here.
   */
  private void decrypted(ByteBuf bytes) {
    metrics.bytesIn.add(bytes.readableBytes());
    if (closed) {
      bytes.release();
      return;
    }
    ByteBuf waiting = read.partial();
    if (waiting == null && !stalled) {
      consume(bytes);
      return;
    }
    waiting = read.append(bytes);
    if (!stalled) {
      consume(waiting);
    }
  }

  /** The handshake of TLS has ended, well or not. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        Principal subject = ClientSubject.of(context.pipeline().get(SslHandler.class));
        if (subject != null) {
          authentication.certified(subject);
        }
      } else {
        metrics.failedHandshakes.increment();
        LOG.debug("No TLS with {}: {}", channel.remoteAddress(), handshake.cause().getMessage());
        closeSoon();
      }
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    channel.flush();
  }

  /**
   * Starts the requests in {@code from}, of which one reference is consumed, and keeps the rest.
   */
  private void consume(ByteBuf from) {
    consuming = true;
    try {
      int unfinished = startRequests(from);
      if (closed || !from.isReadable()) {
        read.drop(from);
      } else if (unfinished < 0) {
        read.keepUnread(from);
        stall();
      } else if (!read.keepPartial(from, unfinished)) {
        stall();
        budget.whenFree(read.wantedBytes(unfinished), true, this::resumeFromAnywhere);
      }
    } catch (MalformedRequestException e) {
      read.drop(from);
      closeFor(metrics.closedForBadFrame, e.getMessage());
    } finally {
      consuming = false;
    }
  }

  /**
   * Starts whole requests while they may be.
   *
   * @return -1 when a whole request has to wait; else the size of the unfinished request at the
   *     end, or 0 when it is not known
   */
  private int startRequests(ByteBuf from) {
    while (!closed && from.readableBytes() >= 4) {
      int start = from.readerIndex();
      int length = from.getInt(start);
      checkLength(from, start, length);
      if (from.readableBytes() - 4 < length) {
        return 4 + length;
      }
      if (!mayStart(from, length)) {
        return -1;
      }
      from.readerIndex(start + 4 + length);
      read.completed(4 + length);
      start(from, start + 4, length);
    }
    return 0;
  }

  private void checkLength(ByteBuf from, int start, int length) {
    int most =
        authentication.isComplete()
            ? limits.maxRequestBytes()
            : Math.min(limits.maxRequestBytes(), Authentication.MAX_REQUEST_BYTES);
    if (length < LEAST_FRAME_BYTES || length > most) {
      throw new MalformedRequestException(
          "a request of "
              + length
              + " bytes; allowed: "
              + LEAST_FRAME_BYTES
              + " to "
              + most
              + (authentication.isComplete()
                  ? " (socket.request.max.bytes)"
                  : " before authentication"));
    }
    if (from.readableBytes() >= 6) {
      Api api = apis.find(from.getShort(start + 4));
      if (api != null && length > api.maxRequestBytes()) {
        throw new MalformedRequestException(
            api.name() + " of " + length + " bytes; allowed: " + api.maxRequestBytes());
      }
    }
  }

  private boolean mayStart(ByteBuf from, int length) {
    if (!channel.isWritable()) {
      channel.flush();
    }
    if (unanswered.size() >= limits.maxRequests()
        || (bytesInFlight + length > limits.maxRequestBytesInFlight() && !unanswered.isEmpty())
        || openRegions >= MOST_OPEN_REGIONS
        || !channel.isWritable()) {
      return false;
    }
    if (read.owns(from)) {
      // These bytes are paid for as part of the buffer that they arrived in.
      budget.take(length);
    } else if (!budget.tryTake(length)) {
      budget.whenFree(length, false, this::resumeFromAnywhere);
      return false;
    }
    return true;
  }

  private void start(ByteBuf from, int index, int length) {
    short key = from.getShort(index);
    short version = from.getShort(index + 2);
    int correlationId = from.getInt(index + 4);
    int nameLength = from.getShort(index + 8);
    Api api = apis.find(key);
    if (api == null || !(api.serves(version) || api.answersUnknownVersions())) {
      budget.give(length);
      closeFor(
          metrics.closedForUnknownApi,
          "API " + key + " version " + version + " is not served; see ApiVersions");
      return;
    }
    if (!authentication.admits(key)) {
      budget.give(length);
      closeFor(
          metrics.closedUnauthenticated,
          api.name() + " of a client that has not authenticated itself, or no longer");
      return;
    }
    metrics.request(api);
    int bodyIndex = LEAST_FRAME_BYTES + Math.max(0, nameLength);
    if (nameLength < -1 || bodyIndex > length) {
      budget.give(length);
      throw new MalformedRequestException("a client name of " + nameLength + " bytes");
    }
    ByteBuf body = from.retain().slice(index, length);
    Exchange exchange =
        new Exchange(
            this, api, version, correlationId, LEAST_FRAME_BYTES, nameLength, length, body);
    unanswered.add(exchange);
    bytesInFlight += length;
    body.readerIndex(bodyIndex);
    handle(exchange);
  }

  private void handle(Exchange exchange) {
    try {
      // A version that is not known has a header that is not known.
      if (exchange.flexible() && exchange.api().serves(exchange.version())) {
        exchange.reader().skipTags();
      }
      exchange.api().handler().handle(exchange);
    } catch (MalformedRequestException e) {
      closeFor(metrics.closedForBadFrame, exchange.api().name() + ": " + e.getMessage());
      if (!exchange.isAnswered()) {
        exchange.answerNothing();
      }
    } catch (RuntimeException e) {
      metrics.failures.increment();
      LOG.error("{} version {} failed", exchange.api().name(), exchange.version(), e);
      closeSoon();
    }
  }

  // ---- answers out ----

  void answered(Exchange exchange) {
    bytesInFlight -= exchange.frameBytes();
    budget.give(exchange.frameBytes());
    if (closed) {
      Exchange.release(exchange.takeReply());
      return;
    }
    boolean wrote = false;
    while (!unanswered.isEmpty() && unanswered.peek().isAnswered()) {
      wrote |= write(unanswered.remove().takeReply());
    }
    if (wrote) {
      activity++;
      flushSoon();
    }
    if (closeOnceAnswered && unanswered.isEmpty()) {
      closeAfterFlush();
      return;
    }
    resume();
  }

  private boolean write(@Nullable Object reply) {
    if (reply == null) {
      return false;
    }
    if (reply instanceof List<?> parts) {
      for (Object part : parts) {
        writePart(part);
      }
    } else {
      writePart(reply);
    }
    return true;
  }

  private void writePart(Object part) {
    metrics.bytesOut.add(
        part instanceof ByteBuf bytes ? bytes.readableBytes() : ((SliceRegion) part).count());
    Object written =
        encrypted && part instanceof SliceRegion region ? new SliceChunks(region) : part;
    ChannelFuture unused = channel.write(written, channel.voidPromise());
  }

  /** One flush for all that is answered in this turn of the loop. */
  private void flushSoon() {
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      channel
          .eventLoop()
          .execute(
              () -> {
                flushScheduled = false;
                channel.flush();
              });
    }
  }

  // ---- stalling and resuming ----

  private void stall() {
    if (!stalled) {
      stalled = true;
      metrics.throttled.increment();
      channel.config().setAutoRead(false);
    }
  }

  private void resumeFromAnywhere() {
    try {
      channel.eventLoop().execute(this::resume);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is closed with the server", channel);
    }
  }

  private void resume() {
    if (!stalled || consuming || closed || closeOnceAnswered) {
      return;
    }
    stalled = false;
    ByteBuf waiting = read.partial();
    if (waiting != null) {
      consume(waiting);
    }
    if (!stalled && !closed) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      resume();
    }
  }

  // ---- the end ----

  private void closeFor(LongAdder counter, @Nullable String reason) {
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
    session = null;
    for (Exchange exchange : unanswered) {
      exchange.connectionClosed();
    }
    unanswered.clear();
    Attachment attached = attachment;
    if (attached != null) {
      attachment = null;
      attached.connectionClosed();
    }
    if (!consuming) {
      read.close();
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

  private void scheduleSweep() {
    long nanos = Math.min(limits.idleTimeout().toNanos(), limits.arrivalTimeout().toNanos()) / 2;
    ScheduledFuture<?> unused =
        channel.eventLoop().schedule(() -> sweep(nanos), nanos, TimeUnit.NANOSECONDS);
  }

  /** Closes the connection when nothing has moved for too long. */
  private void sweep(long nanos) {
    if (closed) {
      return;
    }
    quietNanos = activity == activitySeen ? quietNanos + nanos : 0;
    activitySeen = activity;
    ageNanos += nanos;
    if (!authentication.isComplete() && ageNanos >= limits.arrivalTimeout().toNanos()) {
      closeFor(metrics.closedUnauthenticated, "not authenticated in time");
      return;
    }
    boolean halfArrived = read.holdsPartial() && !stalled;
    boolean idle = unanswered.isEmpty() && quietNanos >= limits.idleTimeout().toNanos();
    if (idle || (halfArrived && quietNanos >= limits.arrivalTimeout().toNanos())) {
      closeFor(metrics.closedIdle, idle ? "idle" : "a request has stopped half-way");
      return;
    }
    scheduleSweep();
  }
}
