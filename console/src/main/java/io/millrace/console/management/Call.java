package io.millrace.console.management;

import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.http.Request;
import org.jspecify.annotations.Nullable;

/** A request of a caller who may make it. */
record Call(Request request, Caller caller, ManagementSources sources) {

  /** What a placeholder of the path stands for. */
  String path(String name) {
    return request.path(name);
  }

  /** A parameter of the query, or null. */
  @Nullable String query(String name) {
    return request.query(name);
  }

  /** Whether a parameter of the query says true. */
  boolean isSet(String name) {
    return "true".equals(request.query(name));
  }

  /** The JSON object that came with it. */
  Body body() {
    return Body.of(request.body(), "not_json");
  }

  /**
   * The virtual host that {@code {vhost}} stands for.
   *
   * @throws Refusal when there is none, or the caller may not see it
   */
  VirtualHost host() {
    VirtualHost host = sources.messaging().find(path("vhost"));
    if (host == null) {
      throw Refusal.notFound();
    }
    if (!caller.sees(host.name())) {
      throw Refusal.notAuthorised("User not authorised to access virtual host");
    }
    return host;
  }

  /** The same, for a request that makes something there. */
  VirtualHost hostToChange() {
    if (sources.messaging().find(path("vhost")) == null) {
      throw new Refusal(404, "not_found", "vhost_not_found");
    }
    return host();
  }

  /** The exchange's name that a placeholder stands for; {@code amq.default} has none. */
  String exchangeName(String placeholder) {
    String name = path(placeholder);
    return name.equals("amq.default") ? "" : name;
  }
}
