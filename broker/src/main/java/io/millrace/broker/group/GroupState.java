package io.millrace.broker.group;

/** A group's state, named as Kafka names it. */
public enum GroupState {
  EMPTY,
  PREPARING_REBALANCE,
  COMPLETING_REBALANCE,
  /** Of streams groups only: topics are missing or do not fit. */
  NOT_READY,
  /** Of the new protocol only: the target is older than the group. */
  ASSIGNING,
  /** Of the new protocol only: members are on their way to the target. */
  RECONCILING,
  STABLE,
  DEAD
}
