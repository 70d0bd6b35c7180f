package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.amqp.wire.AmqpException;
import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.cdn.http.Fields;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.Problem;
import io.millrace.console.http.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All endpoints of the API, each behind the check of who asks. */
final class ManagementApi {

  private static final String REALM = "Basic realm=\"RabbitMQ Management\"";

  private final ManagementSources sources;
  private final Sampler sampler;
  private final Authentication authentication;
  private final List<ManagementEndpoint> endpoints;

  ManagementApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
    authentication =
        new Authentication(sources.amqp().authenticator(), sources.messaging().access());
    endpoints = endpoints(sources, sampler);
  }

  /** What is served, in the order of the documentation. */
  static List<ManagementEndpoint> endpoints(ManagementSources sources, Sampler sampler) {
    List<ManagementEndpoint> all = new ArrayList<>();
    all.addAll(new OverviewApi(sources, sampler).endpoints());
    all.addAll(new NodesApi(sources, sampler).endpoints());
    all.addAll(new HealthApi(sources).endpoints());
    all.addAll(new ConnectionsApi(sources, sampler).endpoints());
    all.addAll(new ExchangesApi(sources, sampler).endpoints());
    all.addAll(new QueuesApi(sources, sampler).endpoints());
    all.addAll(new BindingsApi(sources).endpoints());
    all.addAll(new MessagesApi(sources).endpoints());
    all.addAll(new VirtualHostsApi(sources, sampler).endpoints());
    all.addAll(new UsersApi(sources).endpoints());
    all.addAll(new PermissionsApi(sources).endpoints());
    all.addAll(new PoliciesApi(sources).endpoints());
    all.addAll(new ParametersApi(sources).endpoints());
    all.addAll(new DefinitionsApi(sources).endpoints());
    return all;
  }

  /** The same as endpoints of a port, and OPTIONS for each path. */
  List<Endpoint> served() {
    List<Endpoint> served = new ArrayList<>();
    Map<String, TreeSet<String>> methods = new LinkedHashMap<>();
    for (ManagementEndpoint each : endpoints) {
      String path = "/api" + each.path();
      // RabbitMQ takes a slash at the end, and its Java client sends one.
      for (String spelled : List.of(path, path + "/")) {
        served.add(Endpoint.of(each.method(), spelled, request -> serve(each, request)));
      }
      TreeSet<String> allowed = methods.computeIfAbsent(path, unused -> new TreeSet<>());
      allowed.add(each.method());
      if (each.method().equals("GET")) {
        allowed.add("HEAD");
      }
    }
    methods.forEach(
        (path, allowed) -> {
          allowed.add("OPTIONS");
          Fields fields =
              Fields.of("Allow", String.join(", ", allowed), "Cache-Control", "no-store");
          served.add(
              Endpoint.of("OPTIONS", path, unused -> new Answer.Whole(200, fields, new byte[0])));
        });
    return served;
  }

  private Answer serve(ManagementEndpoint endpoint, Request request) throws InterruptedException {
    Caller caller = authentication.caller(request);
    if (caller == null) {
      return unauthenticated(request);
    }
    sampler.asked();
    try {
      caller.check(endpoint.access());
      return endpoint.handler().handle(new Call(request, caller, sources));
    } catch (Refusal e) {
      return Answers.refused(e);
    } catch (TopologyException e) {
      return Answers.refused(refusal(e));
    } catch (AmqpException | BrokerException e) {
      return Answers.refused(Refusal.badRequest(String.valueOf(e.getMessage())));
    }
  }

  /** A refusal of the domain in RabbitMQ's words. */
  static Refusal refusal(TopologyException refused) {
    String reason = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case ACCESS_REFUSED -> Refusal.notAuthorised("Access refused.");
      case NOT_FOUND -> new Refusal(404, "not_found", reason);
      case RESOURCE_LOCKED, PRECONDITION_FAILED, NOT_IMPLEMENTED -> Refusal.badRequest(reason);
    };
  }

  private static Answer unauthenticated(Request request) {
    if (!request.fields().has("authorization")) {
      return new Answer.Whole(
          401, Fields.of("WWW-Authenticate", REALM, "Cache-Control", "no-store"), new byte[0]);
    }
    byte[] body =
        Json.bytes(
            JsonNodeFactory.instance
                .objectNode()
                .put("error", "not_authorized")
                .put("reason", "Login failed"));
    return new Answer.Whole(
        401,
        Fields.of(
            "Content-Type",
            "application/json",
            "WWW-Authenticate",
            REALM,
            "Cache-Control",
            "no-store"),
        body);
  }

  /** What was refused before any endpoint was asked. */
  static Answer.Whole problem(Problem problem) {
    Fields.Builder fields = new Fields.Builder().add("Cache-Control", "no-store");
    if (problem.members().get("allow") instanceof List<?> methods) {
      fields.add("Allow", String.join(", ", methods.stream().map(String::valueOf).toList()));
    }
    Refusal refusal =
        switch (problem.status()) {
          case 404 -> Refusal.notFound();
          case 405 -> null;
          default -> new Refusal(problem.status(), word(problem.status()), problem.detail());
        };
    if (refusal == null) {
      return new Answer.Whole(405, fields.build(), new byte[0]);
    }
    fields.add("Content-Type", "application/json");
    return new Answer.Whole(refusal.status(), fields.build(), Json.bytes(refusal.document()));
  }

  private static String word(int status) {
    return switch (status) {
      case 400 -> "bad_request";
      case 401, 403, 421 -> "not_authorised";
      case 413 -> "payload_too_large";
      case 503, 504 -> "unavailable";
      default -> "internal_error";
    };
  }
}
