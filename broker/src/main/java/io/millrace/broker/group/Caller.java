package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.member.Members;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which member of a group a heartbeat is from, and whether it acts in its epoch. */
final class Caller {

  private Caller() {}

  /**
   * The id of the member, or null for a new one. One with another id than the heartbeat's is a
   * static member whose place the caller takes.
   *
   * @param ownsNoMore whether all that the caller says it has is in an assignment
   * @param maxSize members of the group at most, by the setting of that name
   * @throws BrokerException when the caller is not who it says, or there is no place for it
   */
  static <W> @Nullable String find(
      Heartbeat heartbeat,
      Members<?, W, ?> members,
      Predicate<CurrentAssignment<W>> ownsNoMore,
      int maxSize,
      String sizeSetting) {
    if (heartbeat.epoch() != Heartbeat.JOIN) {
      String id = known(heartbeat, members);
      checkEpoch(heartbeat, members.current(id), ownsNoMore);
      return id;
    }
    String present = present(heartbeat, members);
    if (present == null) {
      // A dynamic member may become a static one.
      String id = heartbeat.memberId();
      boolean dynamic = members.metadata(id) != null;
      if (!dynamic && members.ids().size() >= maxSize) {
        throw new BrokerException(
            BrokerError.GROUP_FULL,
            "group "
                + heartbeat.group()
                + " has "
                + maxSize
                + " members, which is as many as "
                + sizeSetting
                + " allows");
      }
      return dynamic ? id : null;
    }
    if (!present.equals(heartbeat.memberId())
        && members.current(present).epoch() != Heartbeat.AWAY) {
      throw new BrokerException(
          BrokerError.UNRELEASED_INSTANCE_ID,
          "group "
              + heartbeat.group()
              + " has member "
              + present
              + " for instance "
              + heartbeat.instanceId()
              + ", which has not left");
    }
    return present;
  }

  /** The member's id; it must be one. */
  static String known(Heartbeat heartbeat, Members<?, ?, ?> members) {
    String present = present(heartbeat, members);
    if (present == null) {
      throw GroupMembership.unknown(heartbeat.group(), heartbeat.memberId());
    }
    if (!present.equals(heartbeat.memberId())) {
      throw new BrokerException(
          BrokerError.FENCED_INSTANCE_ID,
          "group "
              + heartbeat.group()
              + " has member "
              + present
              + " for instance "
              + heartbeat.instanceId()
              + ", not "
              + heartbeat.memberId());
    }
    return present;
  }

  private static @Nullable String present(Heartbeat heartbeat, Members<?, ?, ?> members) {
    String instanceId = heartbeat.instanceId();
    if (instanceId != null) {
      return members.ofInstance(instanceId);
    }
    return members.metadata(heartbeat.memberId()) == null ? null : heartbeat.memberId();
  }

  /**
   * An older epoch passes only as the retry of a request whose answer was lost: it is the epoch
   * before, and the member has nothing that it should not have.
   */
  private static <W> void checkEpoch(
      Heartbeat heartbeat,
      CurrentAssignment<W> current,
      Predicate<CurrentAssignment<W>> ownsNoMore) {
    int given = heartbeat.epoch();
    boolean retried =
        given < current.epoch() && given == current.previousEpoch() && ownsNoMore.test(current);
    if (given != current.epoch() && !retried) {
      throw new BrokerException(
          BrokerError.FENCED_MEMBER_EPOCH,
          "member "
              + heartbeat.memberId()
              + " of group "
              + heartbeat.group()
              + " is in epoch "
              + current.epoch()
              + ", not "
              + given
              + "; it must give up what it has and join again");
    }
  }

  /** Offsets are for members of the present epoch. */
  static BrokerException stale(String group, String memberId, int current, int given) {
    return new BrokerException(
        BrokerError.STALE_MEMBER_EPOCH,
        "member " + memberId + " of group " + group + " is in epoch " + current + ", not " + given);
  }
}
