package io.millrace.cdn.origin;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** One event loop's connections to one origin; confined to that loop. */
final class UpstreamPool {

  private final HttpOrigin origin;
  private final EventLoop loop;
  private final Deque<UpstreamConnection> idle = new ArrayDeque<>();
  private final Deque<UpstreamCall> waiting = new ArrayDeque<>();
  private int open;

  UpstreamPool(HttpOrigin origin, EventLoop loop) {
    this.origin = origin;
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  HttpOrigin origin() {
    return origin;
  }

  /** Gives the call a connection: an idle one, a new one, or the next one to become free. */
  void start(UpstreamCall call) {
    if (!loop.inEventLoop()) {
      loop.execute(() -> start(call));
      return;
    }
    for (var pooled = idle.pollLast(); pooled != null; pooled = idle.pollLast()) {
      if (pooled.isActive()) {
        pooled.begin(call);
        return;
      }
    }
    startFresh(call);
  }

  void startFresh(UpstreamCall call) {
    if (origin.isClosed()) {
      call.fail(new HttpError(503, ProxyError.PROXY_INTERNAL_ERROR, "the origin's pool is closed"));
    } else if (open < origin.settings().connectionsPerLoop()) {
      connect(call);
    } else if (waiting.size() < origin.settings().waitingPerLoop()) {
      waiting.addLast(call);
      var unused =
          loop.schedule(
              () -> {
                if (waiting.remove(call)) {
                  call.fail(
                      new HttpError(
                          503,
                          ProxyError.CONNECTION_LIMIT_REACHED,
                          "no connection to the origin became free in time"));
                }
              },
              origin.settings().connectTimeout().toMillis(),
              TimeUnit.MILLISECONDS);
    } else {
      call.fail(
          new HttpError(
              503, ProxyError.CONNECTION_LIMIT_REACHED, "too many requests wait for the origin"));
    }
  }

  void withdraw(UpstreamCall call) {
    waiting.remove(call);
  }

  private void connect(UpstreamCall call) {
    open++;
    UpstreamConnection connection = new UpstreamConnection(this);
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(Transport.of(loop).clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) origin.settings().connectTimeout().toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(origin.address());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connection.begin(call);
          } else {
            open--;
            call.fail(
                new HttpError(502, whyUnreachable(done.cause()), "the origin cannot be reached"));
            startWaiting();
          }
        });
  }

  private static ProxyError whyUnreachable(Throwable cause) {
    return switch (cause) {
      case ConnectTimeoutException late -> ProxyError.CONNECTION_TIMEOUT;
      case UnresolvedAddressException nameless -> ProxyError.DNS_ERROR;
      case UnknownHostException nameless -> ProxyError.DNS_ERROR;
      case ConnectException refused -> ProxyError.CONNECTION_REFUSED;
      default -> ProxyError.DESTINATION_UNAVAILABLE;
    };
  }

  /** A connection has answered and can be used again. */
  void release(UpstreamConnection connection) {
    UpstreamCall next = waiting.pollFirst();
    if (next != null) {
      connection.begin(next);
    } else if (origin.isClosed()) {
      connection.close();
    } else {
      idle.addLast(connection);
    }
  }

  /** A connection is gone. */
  void closed(UpstreamConnection connection) {
    open--;
    idle.remove(connection);
    startWaiting();
  }

  private void startWaiting() {
    UpstreamCall next = waiting.pollFirst();
    if (next != null) {
      startFresh(next);
    }
  }

  void close() {
    for (var connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
      connection.close();
    }
    for (var call = waiting.pollFirst(); call != null; call = waiting.pollFirst()) {
      call.fail(new HttpError(503, ProxyError.PROXY_INTERNAL_ERROR, "the edge is stopping"));
    }
  }
}
