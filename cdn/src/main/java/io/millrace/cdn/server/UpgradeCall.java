package io.millrace.cdn.server;

import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.UpgradeListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * A request to open a WebSocket (RFC 6455), which is passed on to its origin: if that agrees, both
 * connections become one, otherwise its response is the answer.
 */
final class UpgradeCall implements UpgradeListener {

  private static final String WEBSOCKET = "websocket";

  private final HttpExchange exchange;
  private OriginCall call = OriginCall.DONE;
  private boolean started;

  private UpgradeCall(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Whether the request asks for a WebSocket. It comes by HTTP/1.1 only. */
  static boolean isWanted(HttpExchange exchange) {
    RequestHead request = exchange.request();
    return request.http11()
        && request.method().equals("GET")
        && exchange.body() instanceof Framing.None
        && request.fields().has("upgrade")
        && request.fields().hasToken("upgrade", WEBSOCKET)
        && request.fields().hasToken("connection", "upgrade");
  }

  /** Asks the origin. Returns false when that has no such requests. */
  static boolean start(EdgeContext edge, HttpExchange exchange, Origin origin) {
    UpgradeCall waiting = new UpgradeCall(exchange);
    OriginCall begun = origin.upgrade(edge.cache().forwarded(exchange), WEBSOCKET, waiting);
    if (begun == null) {
      return false;
    }
    waiting.call = begun;
    if (!waiting.started) {
      exchange.steer(begun);
    }
    return true;
  }

  @Override
  public void onSwitched(ResponseHead head, Channel upstream, ByteBuf first) {
    started = true;
    exchange.switched(head, upstream, first);
  }

  @Override
  public void onHead(ResponseHead head) {
    started = true;
    exchange.start(head, Outcome.BYPASS, call);
  }

  @Override
  public void onBody(ByteBuf piece) {
    exchange.piece(piece);
  }

  @Override
  public void onEnd() {
    exchange.end();
  }

  @Override
  public void onFailure(HttpError failure) {
    if (started) {
      exchange.abort();
    } else {
      started = true;
      exchange.refuse(failure);
    }
  }
}
