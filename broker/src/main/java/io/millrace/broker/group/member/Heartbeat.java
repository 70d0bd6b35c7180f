package io.millrace.broker.group.member;

import org.jspecify.annotations.Nullable;

/** A member's heartbeat, as far as all protocols have it: who it is from. */
public interface Heartbeat {

  /** The epoch of a member that joins, or begins anew. */
  int JOIN = 0;

  /** The epoch of a member that leaves. */
  int LEAVE = -1;

  /** The epoch of a static member that leaves for a while. */
  int AWAY = -2;

  /** A rebalance timeout that has not changed. */
  int UNCHANGED = -1;

  /** The name of the group. */
  String group();

  /** Chosen by the member. */
  String memberId();

  /** The member's; {@link #JOIN}, {@link #LEAVE} or {@link #AWAY}. */
  int epoch();

  /** Of a static member, or null. */
  @Nullable String instanceId();

  /** Where the member is, or null. */
  @Nullable String rackId();
}
