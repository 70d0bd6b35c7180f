package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigGone;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the node that were changed while it ran (KIP-226): its own ones, and under them
 * those of all nodes. Both win over what the node was started with, and are there again after a
 * restart. Whoever acts on settings is registered here, and told as soon as a change is on disk.
 * Any thread.
 */
public final class DynamicSettings {

  /** The name of all nodes together. */
  public static final String ALL_NODES = "";

  private final Controller controller;
  private final String node;
  private final List<Reconfigurable> parts = new CopyOnWriteArrayList<>();
  private volatile Map<String, Map<String, String>> given;

  DynamicSettings(Controller controller, int nodeId) {
    this.controller = controller;
    this.node = Integer.toString(nodeId);
    this.given = Map.copyOf(controller.state().nodeConfigs());
  }

  /** This node's id, as the name of a resource. */
  public String node() {
    return node;
  }

  /**
   * What was given to one node, or all.
   *
   * @param resource the node's id or {@link #ALL_NODES}
   */
  public Map<String, String> given(String resource) {
    return given.getOrDefault(resource, Map.of());
  }

  /** What holds for this node, of all that was changed. */
  public Map<String, String> inForce() {
    return inForce(given);
  }

  private Map<String, String> inForce(Map<String, Map<String, String>> all) {
    Map<String, String> merged = new TreeMap<>(all.getOrDefault(ALL_NODES, Map.of()));
    merged.putAll(all.getOrDefault(node, Map.of()));
    return merged;
  }

  /** All settings that can be changed. */
  public List<NodeSetting> settings() {
    return parts.stream().flatMap(part -> part.settings().stream()).toList();
  }

  /** The setting of that name, if it can be changed. */
  public @Nullable NodeSetting find(String name) {
    return settings().stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** A part is told what holds, now and with each change. */
  public synchronized void register(Reconfigurable part) {
    part.reconfigure(inForce());
    parts.add(part);
  }

  /** A part has ended. */
  public synchronized void unregister(Reconfigurable part) {
    parts.remove(part);
  }

  /**
   * Changes settings. Fails with {@code INVALID_SETTING} for a setting that cannot be changed or a
   * value that is not allowed.
   *
   * @param resource the node's id or {@link #ALL_NODES}
   * @param change answers what is given from now on, from what was given before
   * @param validateOnly whether nothing is to change
   */
  public CompletionStage<Void> change(
      String resource, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
    return controller.change(
        state -> {
          Map<String, String> before = state.nodeConfigs().getOrDefault(resource, Map.of());
          Map<String, String> after = Map.copyOf(change.apply(before));
          check(before, after);
          Map<String, Map<String, String>> all = new TreeMap<>(state.nodeConfigs());
          all.put(resource, after);
          Map<String, String> changed = inForce(all);
          parts.forEach(part -> part.check(changed));
          List<MetadataRecord> records = new ArrayList<>();
          if (!validateOnly && !after.equals(before)) {
            records.add(
                after.isEmpty()
                    ? new NodeConfigGone(resource)
                    : new NodeConfigRecord(resource, after));
          }
          return records;
        },
        () -> {
          takeEffect();
          return null;
        });
  }

  private void check(Map<String, String> before, Map<String, String> after) {
    after.forEach(
        (name, value) -> {
          if (value.equals(before.get(name))) {
            return;
          }
          NodeSetting setting = find(name);
          if (setting == null) {
            throw new BrokerException(
                BrokerError.INVALID_SETTING, name + " cannot be changed while the node runs");
          }
          if (!setting.accepts().test(value)) {
            throw new BrokerException(
                BrokerError.INVALID_SETTING,
                name + " is \"" + value + "\"; allowed: " + setting.allowed());
          }
        });
  }

  private synchronized void takeEffect() {
    Map<String, Map<String, String>> now = Map.copyOf(controller.state().nodeConfigs());
    if (!now.equals(given)) {
      given = now;
      Map<String, String> changed = inForce(now);
      parts.forEach(part -> part.reconfigure(changed));
    }
  }
}
