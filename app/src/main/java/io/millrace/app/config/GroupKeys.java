package io.millrace.app.config;

import java.time.Duration;
import java.util.List;

/** Groups of consumers: what holds where a group has no settings of its own, and their bounds. */
public final class GroupKeys {

  public static final Key<Duration> INITIAL_REBALANCE_DELAY =
      new Key<>(
          "groups.initial-rebalance-delay",
          Kind.DURATION,
          "0s",
          "How long an empty group of the classic protocol waits for more members.");
  public static final Key<Duration> MIN_SESSION_TIMEOUT =
      new Key<>(
          "groups.min-session-timeout",
          Kind.DURATION,
          "6s",
          "The shortest session timeout of the classic protocol.");
  public static final Key<Duration> MAX_SESSION_TIMEOUT =
      new Key<>("groups.max-session-timeout", Kind.DURATION, "30m", "The longest one.");
  public static final Key<Integer> MAX_SIZE =
      new Key<>(
          "groups.max-size",
          Kind.count(1, Integer.MAX_VALUE),
          "10000",
          "Members of one group of the classic protocol.");
  public static final Key<Duration> OFFSETS_RETENTION =
      new Key<>(
          "groups.offsets-retention",
          Kind.DURATION,
          "7d",
          "Offsets of groups without members are kept for this long.");
  public static final Key<Duration> OFFSETS_RETENTION_INTERVAL =
      new Key<>(
          "groups.offsets-retention-interval",
          Kind.DURATION,
          "10m",
          "Time between two looks for those that are past it.");
  public static final Key<Integer> OFFSET_METADATA_MAX_SIZE =
      new Key<>(
          "groups.offset-metadata-max-size",
          Kind.count(0, 1 << 20),
          "4096",
          "The longest text, in bytes, that a client stores beside an offset.");
  public static final Key<Duration> CONSUMER_SESSION_TIMEOUT =
      new Key<>(
          "groups.consumer.session-timeout",
          Kind.DURATION,
          "45s",
          "A silent member of a group of the new protocol loses its partitions after this.");
  public static final Key<Duration> CONSUMER_MIN_SESSION_TIMEOUT =
      new Key<>(
          "groups.consumer.min-session-timeout",
          Kind.DURATION,
          "45s",
          "The shortest that a group may be given of its own.");
  public static final Key<Duration> CONSUMER_MAX_SESSION_TIMEOUT =
      new Key<>("groups.consumer.max-session-timeout", Kind.DURATION, "60s", "The longest one.");
  public static final Key<Duration> CONSUMER_HEARTBEAT_INTERVAL =
      new Key<>(
          "groups.consumer.heartbeat-interval",
          Kind.DURATION,
          "5s",
          "What such members are told to wait between heartbeats.");
  public static final Key<Duration> CONSUMER_MIN_HEARTBEAT_INTERVAL =
      new Key<>(
          "groups.consumer.min-heartbeat-interval",
          Kind.DURATION,
          "5s",
          "The shortest that a group may be given of its own.");
  public static final Key<Duration> CONSUMER_MAX_HEARTBEAT_INTERVAL =
      new Key<>("groups.consumer.max-heartbeat-interval", Kind.DURATION, "15s", "The longest one.");
  public static final Key<Integer> CONSUMER_MAX_SIZE =
      new Key<>(
          "groups.consumer.max-size",
          Kind.count(1, Integer.MAX_VALUE),
          "10000",
          "Members of one such group.");
  public static final Key<String> CONSUMER_ASSIGNORS =
      new Key<>(
          "groups.consumer.assignors",
          Kind.TEXT,
          "uniform,range",
          "Assignors that members may ask for, separated by commas; the first is for groups that ask for none.");
  public static final Key<Duration> SHARE_SESSION_TIMEOUT =
      new Key<>(
          "groups.share.session-timeout",
          Kind.DURATION,
          "45s",
          "A silent member of a share group loses its partitions after this.");
  public static final Key<Duration> SHARE_HEARTBEAT_INTERVAL =
      new Key<>(
          "groups.share.heartbeat-interval",
          Kind.DURATION,
          "5s",
          "What such members are told to wait between heartbeats.");
  public static final Key<Duration> SHARE_RECORD_LOCK_DURATION =
      new Key<>(
          "groups.share.record-lock-duration",
          Kind.DURATION,
          "30s",
          "How long a member may take over a record before others get it.");
  public static final Key<Duration> SHARE_MIN_RECORD_LOCK_DURATION =
      new Key<>(
          "groups.share.min-record-lock-duration",
          Kind.DURATION,
          "15s",
          "The shortest that a group may be given of its own.");
  public static final Key<Duration> SHARE_MAX_RECORD_LOCK_DURATION =
      new Key<>("groups.share.max-record-lock-duration", Kind.DURATION, "60s", "The longest one.");
  public static final Key<Integer> SHARE_DELIVERY_COUNT_LIMIT =
      new Key<>(
          "groups.share.delivery-count-limit",
          Kind.count(2, Short.MAX_VALUE),
          "5",
          "A record that was delivered so often is given up.");
  public static final Key<Integer> SHARE_MAX_RECORD_LOCKS =
      new Key<>(
          "groups.share.max-record-locks",
          Kind.count(1, 1_000_000),
          "2000",
          "Records of a partition that may be under way in one share group.");
  public static final Key<Integer> SHARE_MAX_SIZE =
      new Key<>(
          "groups.share.max-size",
          Kind.count(1, Integer.MAX_VALUE),
          "200",
          "Members of one share group.");
  public static final Key<Integer> SHARE_MAX_SESSIONS =
      new Key<>(
          "groups.share.max-sessions",
          Kind.count(1, Integer.MAX_VALUE),
          "2000",
          "Sessions of members of share groups on the node.");
  public static final Key<Duration> STREAMS_SESSION_TIMEOUT =
      new Key<>(
          "groups.streams.session-timeout",
          Kind.DURATION,
          "45s",
          "A silent member of a streams group loses its tasks after this.");
  public static final Key<Duration> STREAMS_HEARTBEAT_INTERVAL =
      new Key<>(
          "groups.streams.heartbeat-interval",
          Kind.DURATION,
          "5s",
          "What such members are told to wait between heartbeats.");
  public static final Key<Duration> STREAMS_INITIAL_REBALANCE_DELAY =
      new Key<>(
          "groups.streams.initial-rebalance-delay",
          Kind.DURATION,
          "0s",
          "How long an empty streams group waits for more members before its tasks are shared out.");
  public static final Key<Integer> STREAMS_STANDBY_REPLICAS =
      new Key<>(
          "groups.streams.standby-replicas",
          Kind.count(0, Integer.MAX_VALUE),
          "0",
          "Standby tasks of each task that keeps state.");
  public static final Key<Integer> STREAMS_WARMUP_REPLICAS =
      new Key<>(
          "groups.streams.warmup-replicas",
          Kind.count(0, Integer.MAX_VALUE),
          "2",
          "Tasks of a group that may be warmed up at a time before they are moved; 0 to move them at once.");
  public static final Key<Integer> STREAMS_ACCEPTABLE_RECOVERY_LAG =
      new Key<>(
          "groups.streams.acceptable-recovery-lag",
          Kind.count(0, Integer.MAX_VALUE),
          "10000",
          "Records that a state may be behind when its task is moved.");
  public static final Key<Duration> STREAMS_TASK_OFFSET_INTERVAL =
      new Key<>(
          "groups.streams.task-offset-interval",
          Kind.DURATION,
          "1m",
          "After so long members tell anew how far their state has come.");
  public static final Key<Integer> STREAMS_MAX_SIZE =
      new Key<>(
          "groups.streams.max-size",
          Kind.count(1, Integer.MAX_VALUE),
          "10000",
          "Members of one streams group.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          INITIAL_REBALANCE_DELAY,
          MIN_SESSION_TIMEOUT,
          MAX_SESSION_TIMEOUT,
          MAX_SIZE,
          OFFSETS_RETENTION,
          OFFSETS_RETENTION_INTERVAL,
          OFFSET_METADATA_MAX_SIZE,
          CONSUMER_SESSION_TIMEOUT,
          CONSUMER_MIN_SESSION_TIMEOUT,
          CONSUMER_MAX_SESSION_TIMEOUT,
          CONSUMER_HEARTBEAT_INTERVAL,
          CONSUMER_MIN_HEARTBEAT_INTERVAL,
          CONSUMER_MAX_HEARTBEAT_INTERVAL,
          CONSUMER_MAX_SIZE,
          CONSUMER_ASSIGNORS,
          SHARE_SESSION_TIMEOUT,
          SHARE_HEARTBEAT_INTERVAL,
          SHARE_RECORD_LOCK_DURATION,
          SHARE_MIN_RECORD_LOCK_DURATION,
          SHARE_MAX_RECORD_LOCK_DURATION,
          SHARE_DELIVERY_COUNT_LIMIT,
          SHARE_MAX_RECORD_LOCKS,
          SHARE_MAX_SIZE,
          SHARE_MAX_SESSIONS,
          STREAMS_SESSION_TIMEOUT,
          STREAMS_HEARTBEAT_INTERVAL,
          STREAMS_INITIAL_REBALANCE_DELAY,
          STREAMS_STANDBY_REPLICAS,
          STREAMS_WARMUP_REPLICAS,
          STREAMS_ACCEPTABLE_RECOVERY_LAG,
          STREAMS_TASK_OFFSET_INTERVAL,
          STREAMS_MAX_SIZE);

  private GroupKeys() {}
}
