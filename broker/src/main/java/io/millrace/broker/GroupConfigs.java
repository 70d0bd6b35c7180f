package io.millrace.broker;

import io.millrace.broker.group.ConsumerGroupConfig;
import io.millrace.broker.group.GroupSetting;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.ResolvedGroupConfigs;
import io.millrace.broker.group.ShareGroupConfig;
import io.millrace.broker.group.StreamsGroupConfig;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigGone;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * The settings that groups have of their own. They may be given before there is such a group, and
 * outlive it, as with Kafka. Any thread.
 */
public final class GroupConfigs {

  /** Each is kept in memory, whether there is such a group or not. */
  private static final int MOST_GROUPS = 100_000;

  private final Controller controller;
  private final ResolvedGroupConfigs resolved;

  GroupConfigs(Controller controller, GroupSettings settings) {
    this.controller = controller;
    resolved = new ResolvedGroupConfigs(settings);
    controller.state().groupConfigs().forEach(resolved::put);
  }

  /** The settings that a group can have, with this node's defaults. */
  public List<GroupSetting> settings() {
    return resolved.settings();
  }

  /** The groups that were given any. */
  public Set<String> names() {
    return resolved.names();
  }

  /** What was given to the group, by name. */
  public Map<String, String> given(String group) {
    return resolved.given(group);
  }

  /** What holds for the group of the new protocol. */
  public ConsumerGroupConfig consumer(String group) {
    return resolved.consumer(group);
  }

  /** What holds for the share group. */
  public ShareGroupConfig share(String group) {
    return resolved.share(group);
  }

  /** What holds for the streams group. */
  public StreamsGroupConfig streams(String group) {
    return resolved.streams(group);
  }

  /**
   * Checks settings as {@link #configure} would.
   *
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  public void validate(Map<String, String> given) {
    resolved.check(given);
  }

  /**
   * Changes settings.
   *
   * @param change answers what is given to the group from now on, from what was given before
   */
  public CompletionStage<Void> configure(String group, UnaryOperator<Map<String, String>> change) {
    return controller.change(
        state -> {
          Map<String, String> before = state.groupConfigs().getOrDefault(group, Map.of());
          Map<String, String> after = change.apply(before);
          resolved.check(after);
          if (before.isEmpty() && state.groupConfigs().size() >= MOST_GROUPS) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                MOST_GROUPS + " groups have settings of their own already, which is the limit");
          }
          return List.<MetadataRecord>of(
              after.isEmpty()
                  ? new GroupConfigGone(group)
                  : new GroupConfigRecord(group, Map.copyOf(after)));
        },
        () -> {
          resolved.put(group, controller.state().groupConfigs().getOrDefault(group, Map.of()));
          return null;
        });
  }
}
