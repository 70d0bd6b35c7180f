package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;

/** Whether a member of a heartbeat protocol acts in its epoch. */
final class MemberEpochCheck {

  private MemberEpochCheck() {}

  /**
   * An older epoch passes only as the retry of a request whose answer was lost: it is the epoch
   * before, and the member has nothing that it should not have.
   *
   * @param ownsNoMore whether all that it says it has is its own
   */
  static void check(
      String group, String memberId, int current, int previous, int given, boolean ownsNoMore) {
    boolean retried = given < current && given == previous && ownsNoMore;
    if (given != current && !retried) {
      throw new BrokerException(
          BrokerError.FENCED_MEMBER_EPOCH,
          "member "
              + memberId
              + " of group "
              + group
              + " is in epoch "
              + current
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
