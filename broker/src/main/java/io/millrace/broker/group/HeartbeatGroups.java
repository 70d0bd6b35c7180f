package io.millrace.broker.group;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.member.HeartbeatGroup;
import io.millrace.broker.group.member.HeartbeatRecord;
import io.millrace.broker.group.member.MemberMetadata;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.Members;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of one heartbeat protocol in a shard: how they come and go, how what is decided about
 * them is written, and the time that their members have. Confined to the shard's mailbox.
 */
final class HeartbeatGroups<G extends HeartbeatGroup<R>, R extends HeartbeatRecord> {

  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatGroups.class);

  private final HeartbeatProtocol<G, R> protocol;
  private final GroupTable groups;
  private final GroupJournal journal;
  private final MemberSessions sessions;
  private final Removal<G> removal;

  /** Takes a member out of a group. */
  interface Removal<G> {
    void remove(G group, String memberId);
  }

  /**
   * @param sessionTimeouts by group
   * @param removal for members that have lost their place
   */
  HeartbeatGroups(
      HeartbeatProtocol<G, R> protocol,
      GroupTable groups,
      GroupJournal journal,
      Deadlines deadlines,
      Function<String, Duration> sessionTimeouts,
      Removal<G> removal) {
    this.protocol = protocol;
    this.groups = groups;
    this.journal = journal;
    this.removal = removal;
    sessions = new MemberSessions(deadlines, sessionTimeouts);
    sessions.onExpiry(this::expired);
  }

  /** Members that were read back have a whole session to be heard of. */
  void recovered() {
    for (Group group : groups.all()) {
      G state = protocol.of().apply(group);
      if (state != null) {
        state.members().ids().forEach(id -> heardOf(state, id));
      }
    }
  }

  void close() {
    sessions.close();
  }

  void write(List<? extends R> records) {
    journal.write(records.stream().<GroupRecord>map(each -> protocol.wrap().apply(each)).toList());
  }

  // ---- groups ----

  /** The group of that name, or null when there is none of this protocol. */
  @Nullable G find(String name) {
    Group group = groups.find(name);
    return group == null ? null : protocol.of().apply(group);
  }

  /**
   * The group of that name.
   *
   * @throws BrokerException with {@code GROUP_NOT_FOUND}
   */
  G existing(String name) {
    G state = find(name);
    if (state == null) {
      throw groups.find(name) == null
          ? GroupConversion.none(name)
          : GroupConversion.notOf(name, protocol.name());
    }
    return state;
  }

  /**
   * The group of that name; one of the classic protocol changes over while it has no members.
   *
   * @param first what makes a group one of this protocol
   */
  G findOrConvert(String name, R first) {
    if (find(name) == null) {
      GroupConversion.found(groups, journal, name, protocol.wrap().apply(first), protocol.name());
    }
    return existing(name);
  }

  /** The group of that name; one of the classic protocol stays what it is. */
  G findOrMake(String name, R first) {
    Group group = groups.findOrCreate(name);
    if (protocol.of().apply(group) == null) {
      if (!group.isBlank() || group.generation > 0) {
        throw GroupConversion.notOf(name, protocol.name());
      }
      try {
        write(List.of(first));
      } finally {
        groups.dropIfBlank(group);
      }
    }
    return existing(name);
  }

  /** Makes room for the classic protocol in a group without members. */
  void giveWay(String name) {
    Group group = groups.find(name);
    G state = find(name);
    if (group != null && state != null) {
      GroupConversion.giveWay(
          journal,
          group,
          state.forgetting().stream().map(protocol.wrap()).toList(),
          protocol.name());
    }
  }

  // ---- members ----

  /** A member is alive; one that is to give something back has so long to do it. */
  void heardOf(G group, String memberId) {
    sessions.heardOf(group.name(), memberId);
    Members<?, ?, R> members = group.members();
    MemberMetadata metadata = members.metadata(memberId);
    if (metadata != null && members.current(memberId).state() == MemberState.UNREVOKED_PARTITIONS) {
      sessions.awaitRevocation(
          group.name(), memberId, Duration.ofMillis(metadata.rebalanceTimeoutMillis()));
    } else {
      sessions.revoked(group.name(), memberId);
    }
  }

  /** A static member is back under another id, and has what it had. */
  void replace(G group, String oldId, String newId) {
    write(group.members().replacing(oldId, newId));
    sessions.forget(group.name(), oldId);
  }

  /** A static member leaves for a while, as long as its session lasts. */
  void away(G group, String memberId) {
    write(List.of(group.members().leaving(memberId)));
    sessions.revoked(group.name(), memberId);
  }

  /** A member has gone. */
  void forget(G group, String memberId) {
    sessions.forget(group.name(), memberId);
  }

  private void expired(String name, String memberId, String why) {
    sessions.forget(name, memberId);
    G group = find(name);
    if (group == null || group.members().metadata(memberId) == null) {
      return;
    }
    LOG.info(
        "Member {} of {} group {} {}: others get what it had",
        memberId,
        protocol.name(),
        name,
        why);
    try {
      removal.remove(group, memberId);
    } catch (BrokerException e) {
      LOG.warn("Member {} of group {} could not be removed: {}", memberId, name, e.getMessage());
      sessions.heardOf(name, memberId);
    }
  }
}
