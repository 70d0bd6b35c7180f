package io.millrace.broker.group.member;

import io.millrace.broker.group.GroupState;
import java.util.List;

/** A group of a heartbeat protocol: what its records add up to. */
public interface HeartbeatGroup<R extends HeartbeatRecord> {

  /** Its name. */
  String name();

  /** Takes a record over: the only way in which what is stored of it changes. */
  void apply(R record);

  /** Its members, with what they have and are to have. */
  Members<?, ?, R> members();

  /** The tombstones of the group, members included. */
  List<R> forgetting();

  /** Its state, as administrators see it. */
  GroupState state();
}
