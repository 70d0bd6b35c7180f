package io.millrace.cdn.server;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.route.Route;

/** What a request that was read leads to, in whatever version of HTTP it came. */
final class RequestDispatch {

  /** Where authorities that issue certificates look, in plain text (RFC 8555, section 8.3). */
  private static final String CHALLENGES = "/.well-known/acme-challenge/";

  private RequestDispatch() {}

  /**
   * What a request asks for.
   *
   * @throws HttpError when it asks for nothing that is done here
   */
  static RequestTarget target(RequestHead head) throws HttpError {
    RequestTarget target = RequestTarget.of(head);
    if (head.method().equals("CONNECT") || head.method().equals("TRACE")) {
      throw new HttpError(501, head.method() + " is not done here");
    }
    String expect = head.http11() ? head.fields().first("expect") : null;
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw new HttpError(417, "the only expectation that is understood is 100-continue");
    }
    return target;
  }

  /** Has the exchange answered by whoever its target's route leads to. */
  static void serve(EdgeContext edge, HttpExchange exchange, boolean secure) {
    RequestTarget target = exchange.target();
    if (target.isServer()) {
      exchange.replyOptions();
      return;
    }
    int securePort = edge.front().redirectPort();
    if (!secure && securePort != 0 && !target.path().startsWith(CHALLENGES)) {
      String port = securePort == 443 ? "" : ":" + securePort;
      exchange.redirect("https://" + target.hostName() + port + target.pathAndQuery());
      return;
    }
    Route route = edge.routes().get().find(target);
    if (route == null) {
      edge.figures().refused.increment();
      exchange.refuse(new HttpError(404, "there is nothing here"));
      return;
    }
    if (UpgradeCall.isWanted(exchange) && UpgradeCall.start(edge, exchange, route.origin())) {
      return;
    }
    EventSource events =
        exchange.request().method().equals("GET") ? route.origin().events(target) : null;
    if (events == null) {
      edge.cache().serve(exchange, route.origin(), route.policy());
    } else {
      exchange.follow(events);
    }
  }
}
