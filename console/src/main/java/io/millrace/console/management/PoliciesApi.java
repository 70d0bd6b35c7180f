package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.policy.Policy;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;

/** {@code /api/policies} and {@code /api/operator-policies}. */
final class PoliciesApi {

  private final ManagementSources sources;

  PoliciesApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    List<ManagementEndpoint> all = new ArrayList<>();
    for (boolean ofOperators : new boolean[] {false, true}) {
      String path = ofOperators ? "/operator-policies" : "/policies";
      String what = ofOperators ? "operator policies" : "policies";
      String one = path + "/{vhost}/{name}";
      Access writing = ofOperators ? Access.ADMINISTRATOR : Access.POLICYMAKER;
      all.add(get(path, Access.MANAGEMENT, "all " + what, call -> all(call, ofOperators)));
      all.add(
          get(
              path + "/{vhost}",
              Access.MANAGEMENT,
              "those of a virtual host",
              call -> Listing.of(call, of(call.host(), ofOperators), "name")));
      all.add(
          get(
              one,
              Access.MANAGEMENT,
              "one of them",
              call -> Answers.one(call, PolicyDocuments.json(find(call, ofOperators)))));
      all.add(put(one, writing, "sets one, which holds at once", call -> set(call, ofOperators)));
      all.add(delete(one, writing, "takes one away", call -> clear(call, ofOperators)));
    }
    return all;
  }

  private Answer all(Call call, boolean ofOperators) {
    List<ObjectNode> all = new ArrayList<>();
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        all.addAll(of(host, ofOperators));
      }
    }
    return Listing.of(call, all, "vhost", "name");
  }

  private static List<ObjectNode> of(VirtualHost host, boolean ofOperators) {
    return host.policies().all(ofOperators).stream().map(PolicyDocuments::json).toList();
  }

  private static Policy find(Call call, boolean ofOperators) {
    Policy found = call.host().policies().find(call.path("name"), ofOperators);
    if (found == null) {
      throw Refusal.notFound();
    }
    return found;
  }

  private Answer set(Call call, boolean ofOperators) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    String name = call.path("name");
    boolean isNew = host.policies().find(name, ofOperators) == null;
    Policy policy = PolicyDocuments.of(host.name(), name, ofOperators, call.body());
    Stages.await(sources.messaging().parameters().put(policy));
    return Answers.put(isNew, call);
  }

  private Answer clear(Call call, boolean ofOperators) throws InterruptedException {
    Policy policy = find(call, ofOperators);
    Stages.await(sources.messaging().parameters().remove(policy));
    return Answer.noContent();
  }
}
