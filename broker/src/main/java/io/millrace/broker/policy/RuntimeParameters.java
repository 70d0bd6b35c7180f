package io.millrace.broker.policy;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.Parameter;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.TopologyGone;
import io.millrace.broker.metadata.MetadataRecord.TopologyRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What operators write down: the policies of virtual hosts, and global parameters, which mean
 * something to those who read them only. Any thread. A change completes once it is on disk and told
 * to whom it concerns, on the controller's thread.
 */
public final class RuntimeParameters {

  private static final int MOST_PARAMETERS = 10_000;

  private final Controller controller;
  private final Consumer<String> changed;
  private volatile Image image;

  /** All of them at one time. */
  private record Image(List<Parameter> parameters, Map<String, HostPolicies> policies) {}

  /**
   * Takes up what was written down.
   *
   * @param changed told the virtual host whose policies have changed; on the controller's thread,
   *     where it must not block
   */
  public RuntimeParameters(
      Controller controller, Collection<TopologyEntry> topology, Consumer<String> changed) {
    this.controller = controller;
    this.changed = changed;
    this.image = imageOf(topology);
  }

  private static Image imageOf(Collection<TopologyEntry> topology) {
    List<Parameter> parameters = new ArrayList<>();
    Map<String, List<Policy>> policies = new HashMap<>();
    for (TopologyEntry each : topology) {
      if (each instanceof Parameter parameter) {
        parameters.add(parameter);
        Policy policy = Policy.of(parameter);
        if (policy != null) {
          policies.computeIfAbsent(policy.virtualHost(), host -> new ArrayList<>()).add(policy);
        }
      }
    }
    Map<String, HostPolicies> byHost = new HashMap<>();
    policies.forEach((host, all) -> byHost.put(host, new HostPolicies(all)));
    return new Image(List.copyOf(parameters), Map.copyOf(byHost));
  }

  /** The policies of a virtual host. */
  public HostPolicies policies(String virtualHost) {
    return image.policies.getOrDefault(virtualHost, HostPolicies.NONE);
  }

  /** The global parameters. */
  public List<Parameter> globals() {
    return image.parameters.stream().filter(Parameter::isGlobal).toList();
  }

  /** The global parameter of that name, or null. */
  public @Nullable Parameter global(String name) {
    for (Parameter each : image.parameters) {
      if (each.isGlobal() && each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /** Writes a policy down, and has it hold. */
  public CompletionStage<Void> put(Policy policy) {
    return put(policy.asParameter());
  }

  /** Writes a global parameter down. */
  public CompletionStage<Void> putGlobal(String name, Object value) {
    return put(new Parameter("", Parameter.GLOBAL, name, value));
  }

  private CompletionStage<Void> put(Parameter parameter) {
    return controller.change(
        state -> {
          if (count(state.topology()) >= MOST_PARAMETERS) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are "
                    + MOST_PARAMETERS
                    + " policies and parameters already, which is the most");
          }
          return List.of(new TopologyRecord(parameter));
        },
        () -> told(parameter.virtualHost()));
  }

  private static long count(Collection<TopologyEntry> topology) {
    return topology.stream().filter(each -> each instanceof Parameter).count();
  }

  /** Takes a policy away. */
  public CompletionStage<Void> remove(Policy policy) {
    return remove(policy.asParameter());
  }

  /** Takes a global parameter away. */
  public CompletionStage<Void> remove(Parameter parameter) {
    return controller.change(
        state -> List.of(new TopologyGone(parameter)), () -> told(parameter.virtualHost()));
  }

  /** Takes all away that was written down of a virtual host. */
  public CompletionStage<Void> removeAll(String virtualHost) {
    Predicate<TopologyEntry> ofHost =
        each -> each instanceof Parameter && each.virtualHost().equals(virtualHost);
    return controller.change(
        state -> {
          List<MetadataRecord> gone = new ArrayList<>();
          state.topology().stream()
              .filter(ofHost)
              .forEach(each -> gone.add(new TopologyGone(each)));
          return gone;
        },
        () -> told(virtualHost));
  }

  /** On the controller's thread: the state has changed. */
  private @Nullable Void told(String virtualHost) {
    image = imageOf(controller.state().topology());
    changed.accept(virtualHost);
    return null;
  }
}
