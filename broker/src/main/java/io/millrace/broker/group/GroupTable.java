package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupRecord.GenerationStored;
import io.millrace.broker.group.GroupRecord.GroupForgotten;
import io.millrace.broker.group.GroupRecord.OfConsumerGroup;
import io.millrace.broker.group.GroupRecord.OfShareGroup;
import io.millrace.broker.group.GroupRecord.OfStreamsGroup;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetForgotten;
import io.millrace.broker.group.member.HeartbeatGroup;
import io.millrace.broker.group.member.HeartbeatRecord;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one shard: what the records add up to. Confined to the shard's mailbox.
 *
 * <p>{@link #apply} is the only way in which what is stored changes. What it does not cover is what
 * no crash need survive, because clients bring it again: who waits in a join phase, ids promised,
 * timers.
 */
final class GroupTable {

  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final PendingOffsets pending = new PendingOffsets();
  private final int maxGroups;

  GroupTable(int maxGroups) {
    this.maxGroups = maxGroups;
  }

  void apply(GroupRecord record) {
    pending.overtaken(record);
    switch (record) {
      case OffsetCommitted committed ->
          of(committed.group()).offsets.put(committed.partition(), committed.offset());
      case OffsetForgotten forgotten -> {
        Group group = groups.get(forgotten.group());
        if (group != null) {
          group.offsets.remove(forgotten.partition());
        }
      }
      case GenerationStored stored -> of(stored.group()).apply(stored);
      case GroupForgotten gone -> {
        Group group = groups.get(gone.group());
        if (group != null) {
          group.forgetGeneration();
          dropIfForgotten(group);
        }
      }
      case OfConsumerGroup change -> apply(change.record(), HeartbeatProtocol.CONSUMER);
      case OfShareGroup change -> apply(change.record(), HeartbeatProtocol.SHARE);
      case OfStreamsGroup change -> apply(change.record(), HeartbeatProtocol.STREAMS);
    }
  }

  private <G extends HeartbeatGroup<R>, R extends HeartbeatRecord> void apply(
      R record, HeartbeatProtocol<G, R> protocol) {
    Group group = record.isTombstone() ? groups.get(record.group()) : of(record.group());
    if (group == null) {
      return;
    }
    G state = protocol.of().apply(group);
    if (state == null && !record.isTombstone()) {
      state = protocol.make().apply(group.name);
      protocol.set().accept(group, state);
    }
    if (state != null) {
      state.apply(record);
      if (record.isTombstone() && record.kind() == HeartbeatRecord.Kind.GROUP) {
        protocol.set().accept(group, null);
        dropIfForgotten(group);
      }
    }
  }

  private void dropIfForgotten(Group group) {
    if (group.isBlank()) {
      groups.remove(group.name);
      group.state = GroupState.DEAD;
    }
  }

  /** Offsets of open transactions. */
  PendingOffsets pending() {
    return pending;
  }

  /** A transaction has ended; what it has committed counts from now on. */
  void transactionEnded(long producerId, boolean commit) {
    pending
        .end(producerId, commit)
        .forEach(offset -> of(offset.group()).offsets.put(offset.partition(), offset.offset()));
  }

  private Group of(String name) {
    return groups.computeIfAbsent(name, Group::new);
  }

  @Nullable Group find(String name) {
    return groups.get(name);
  }

  /** The group of that name, a new one if there is none. */
  Group findOrCreate(String name) {
    Group present = groups.get(name);
    if (present != null) {
      return present;
    }
    if (groups.size() >= maxGroups) {
      throw new BrokerException(
          BrokerError.OVERLOADED,
          "the node has " + groups.size() + " groups in this shard already (groups.max)");
    }
    Group group = new Group(name);
    groups.put(name, group);
    return group;
  }

  /** Drops a group that never came to anything, and of which no record speaks. */
  void dropIfBlank(Group group) {
    if (group.isBlank() && group.generation == 0) {
      groups.remove(group.name, group);
    }
  }

  Collection<Group> all() {
    return groups.values();
  }
}
