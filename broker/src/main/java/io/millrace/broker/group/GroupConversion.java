package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupRecord.GroupForgotten;
import java.util.ArrayList;
import java.util.List;

/**
 * Groups of the heartbeat protocols come from nothing, or from classic groups without members,
 * whose offsets they keep; and such groups go back to the classic protocol when they have none.
 */
final class GroupConversion {

  private GroupConversion() {}

  /**
   * Makes a group of another protocol.
   *
   * @param first what makes it one of that protocol
   * @param kind for people: what the group was asked to be
   * @throws BrokerException with {@code GROUP_NOT_FOUND} when it is something else
   */
  static void found(
      GroupTable groups, GroupJournal journal, String name, GroupRecord first, String kind) {
    Group group = groups.findOrCreate(name);
    if (group.isOfHeartbeats() || group.state != GroupState.EMPTY || !group.promised.isEmpty()) {
      throw notOf(name, kind);
    }
    List<GroupRecord> records = new ArrayList<>();
    if (group.generation > 0) {
      records.add(new GroupForgotten(name));
    }
    records.add(first);
    try {
      journal.write(records);
    } finally {
      groups.dropIfBlank(group);
    }
  }

  /**
   * Lets a group go back to the classic protocol.
   *
   * @throws BrokerException with {@code INCONSISTENT_GROUP_PROTOCOL} when it has members
   */
  static void giveWay(
      GroupJournal journal, Group group, List<? extends GroupRecord> forgetting, String kind) {
    if (group.presentState() != GroupState.EMPTY) {
      throw new BrokerException(
          BrokerError.INCONSISTENT_GROUP_PROTOCOL,
          "group "
              + group.name
              + " has members of the "
              + kind
              + " protocol, and none of the classic one");
    }
    journal.write(forgetting);
  }

  /** A group is not of the kind that it was asked to be. */
  static BrokerException notOf(String name, String kind) {
    return new BrokerException(
        BrokerError.GROUP_NOT_FOUND,
        "group " + name + " is not a " + kind + " group, but one of another protocol");
  }

  /** There is no group of that name. */
  static BrokerException none(String name) {
    return new BrokerException(BrokerError.GROUP_NOT_FOUND, "there is no group " + name);
  }
}
