package io.millrace.broker.group;

import io.millrace.broker.group.streams.AssignmentRules;
import io.millrace.broker.group.streams.StickyTaskAssignor;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What holds for one streams group: its own settings over the node's. Immutable.
 *
 * @param assignmentInterval time between two assignments; members that come in between wait
 * @param rules by what tasks are shared out
 * @param named the same as Kafka names them
 */
public record StreamsGroupConfig(
    Duration sessionTimeout,
    Duration heartbeatInterval,
    Duration initialRebalanceDelay,
    Duration assignmentInterval,
    Duration taskOffsetInterval,
    AssignmentRules rules,
    Map<String, String> named) {

  // Bounds of a group's own settings. The upper ones are Kafka's; the lower ones of times are not,
  // since a group that wants to notice sooner that an instance is gone pays for it itself.
  /** The shortest session that a group may have, in milliseconds. */
  public static final int LEAST_SESSION_MILLIS = 6000;

  /** The longest session that a group may have, in milliseconds. */
  public static final int MOST_SESSION_MILLIS = 60_000;

  /** The shortest time between heartbeats that a group may have, in milliseconds. */
  public static final int LEAST_HEARTBEAT_MILLIS = 500;

  /** The longest time between heartbeats that a group may have, in milliseconds. */
  public static final int MOST_HEARTBEAT_MILLIS = 15_000;

  /** The longest time between assignments that a group may have, in milliseconds. */
  public static final int MOST_ASSIGNMENT_MILLIS = 15_000;

  /** The shortest time between reports of progress that a group may have, in milliseconds. */
  public static final int LEAST_TASK_OFFSET_MILLIS = 1000;

  /** The most standby tasks for each task that a group may have. */
  public static final int MOST_STANDBYS = 2;

  /** The most tasks that a group may have warmed up at a time. */
  public static final int MOST_WARMUPS = 20;

  private static final int MOST_DELAY_MILLIS = 300_000;

  private static final String SESSION = "streams.session.timeout.ms";
  private static final String HEARTBEAT = "streams.heartbeat.interval.ms";
  private static final String DELAY = "streams.initial.rebalance.delay.ms";
  private static final String ASSIGNMENT = "streams.assignment.interval.ms";
  private static final String STANDBYS = "streams.num.standby.replicas";
  private static final String WARMUPS = "streams.num.warmup.replicas";
  private static final String LAG = "streams.acceptable.recovery.lag";
  private static final String TASK_OFFSETS = "streams.task.offset.interval.ms";
  private static final String TAGS = "streams.rack.aware.assignment.tags";
  private static final String ASSIGNOR = "streams.assignor.name";

  /** The settings that a streams group can have, with the node's defaults. */
  public static List<GroupSetting> settings(StreamsGroupSettings node) {
    long session = node.sessionTimeout().toMillis();
    long heartbeat = node.heartbeatInterval().toMillis();
    return List.of(
        GroupSetting.number(
            SESSION,
            session,
            Math.min(session, LEAST_SESSION_MILLIS),
            Math.max(session, MOST_SESSION_MILLIS),
            "A member that is silent for longer loses its tasks."),
        GroupSetting.number(
            HEARTBEAT,
            heartbeat,
            Math.min(heartbeat, LEAST_HEARTBEAT_MILLIS),
            Math.max(heartbeat, MOST_HEARTBEAT_MILLIS),
            "What members are told to wait between heartbeats."),
        GroupSetting.number(
            DELAY,
            node.initialRebalanceDelay().toMillis(),
            0,
            MOST_DELAY_MILLIS,
            "How long an empty group waits for more members before its tasks are shared out."),
        GroupSetting.number(
            ASSIGNMENT,
            0,
            0,
            MOST_ASSIGNMENT_MILLIS,
            "Time between two assignments; members that come in between wait."),
        GroupSetting.number(
            STANDBYS,
            node.standbyReplicas(),
            0,
            Math.max(node.standbyReplicas(), MOST_STANDBYS),
            "Standby tasks of each task that keeps state."),
        GroupSetting.number(
            WARMUPS,
            node.warmupReplicas(),
            0,
            Math.max(node.warmupReplicas(), MOST_WARMUPS),
            "Tasks that may be warmed up at a time before they are moved; 0 to move them at once."),
        GroupSetting.longNumber(
            LAG,
            node.acceptableRecoveryLag(),
            0,
            Long.MAX_VALUE,
            "Records that a state may be behind when its task is moved."),
        GroupSetting.number(
            TASK_OFFSETS,
            node.taskOffsetInterval().toMillis(),
            LEAST_TASK_OFFSET_MILLIS,
            Integer.MAX_VALUE,
            "After so long members tell anew how far their state has come."),
        new GroupSetting(
            TAGS,
            GroupSetting.Type.LIST,
            "",
            "names of client tags with commas between them",
            "Client tags in whose values the holders of a task's state are to differ.",
            value -> true),
        new GroupSetting(
            ASSIGNOR,
            GroupSetting.Type.STRING,
            StickyTaskAssignor.NAME,
            StickyTaskAssignor.NAME,
            "How tasks are shared out.",
            StickyTaskAssignor.NAME::equals));
  }

  /**
   * What a group's settings mean.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  static StreamsGroupConfig read(GroupSettingValues values) {
    values.checkSession(SESSION, HEARTBEAT);
    AssignmentRules rules =
        new AssignmentRules(
            Math.toIntExact(values.number(STANDBYS)),
            values.list(TAGS),
            Math.toIntExact(values.number(WARMUPS)),
            values.number(LAG));
    return new StreamsGroupConfig(
        values.millis(SESSION),
        values.millis(HEARTBEAT),
        values.millis(DELAY),
        values.millis(ASSIGNMENT),
        values.millis(TASK_OFFSETS),
        rules,
        rules.named());
  }
}
