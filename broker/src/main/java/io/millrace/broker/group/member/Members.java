package io.millrace.broker.group.member;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.topic.TopicsImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group, what each of them is to have and has, and the epochs that these stand
 * for. After a compaction records may come in another order than the one they were written in, so
 * what belongs to a member is kept by its id until all of it is there. Confined to the mailbox of
 * the group's shard.
 *
 * @param <M> what members tell about themselves
 * @param <W> work: what members have; immutable
 * @param <R> the group's records
 */
public final class Members<M extends MemberMetadata, W, R extends HeartbeatRecord> {

  private final W nothing;
  private final Records<M, W, R> records;
  private final Map<String, M> metadata = new LinkedHashMap<>();
  private final Map<String, W> targets = new HashMap<>();
  private final Map<String, CurrentAssignment<W>> currents = new HashMap<>();
  private final Map<String, String> idsByInstance = new HashMap<>();
  private int epoch;
  private int assignmentEpoch;
  private long assignedMillis;
  private @Nullable TopicsImage seen;

  /** Makes the records of a group. */
  public interface Records<M, W, R> {

    /** A member's own words. */
    R member(String memberId, M metadata);

    /** What a member is to have. */
    R target(String memberId, W work);

    /** What a member has. */
    R current(String memberId, CurrentAssignment<W> assignment);

    /**
     * A tombstone.
     *
     * @param memberId null for what is the group's
     */
    R tombstone(Kind kind, @Nullable String memberId);
  }

  /**
   * No members.
   *
   * @param nothing no work
   */
  public Members(W nothing, Records<M, W, R> records) {
    this.nothing = nothing;
    this.records = records;
  }

  // ---- what records say ----

  /** The group has come to an epoch. */
  public void epoch(int groupEpoch) {
    epoch = groupEpoch;
  }

  /** All targets stand for a group epoch. */
  public void assigned(int groupEpoch, long millis) {
    assignmentEpoch = groupEpoch;
    assignedMillis = millis;
  }

  /** A member says this about itself. */
  public void put(String id, M told) {
    forgetInstance(id);
    metadata.put(id, told);
    String instanceId = told.instanceId();
    if (instanceId != null) {
      idsByInstance.put(instanceId, id);
    }
  }

  /** A member is to have this. */
  public void putTarget(String id, W work) {
    targets.put(id, work);
  }

  /** A member has this. */
  public void putCurrent(String id, CurrentAssignment<W> assignment) {
    currents.put(id, assignment);
  }

  /** There is nothing of that kind any more. */
  public void forget(Kind kind, String memberId) {
    switch (kind) {
      case GROUP -> epoch = 0;
      case MEMBER -> {
        forgetInstance(memberId);
        metadata.remove(memberId);
      }
      case TARGET_EPOCH -> assignmentEpoch = 0;
      case TARGET -> targets.remove(memberId);
      case CURRENT -> currents.remove(memberId);
      case TOPOLOGY -> {
        // No member's.
      }
    }
  }

  private void forgetInstance(String id) {
    M before = metadata.get(id);
    String instanceId = before == null ? null : before.instanceId();
    if (instanceId != null) {
      idsByInstance.remove(instanceId, id);
    }
  }

  // ---- questions ----

  /** Grows with each change by which work may have to be shared out anew. */
  public int epoch() {
    return epoch;
  }

  /** The group epoch that the targets were computed for. */
  public int assignmentEpoch() {
    return assignmentEpoch;
  }

  /** When the targets were computed, in milliseconds since 1970. */
  public long assignedMillis() {
    return assignedMillis;
  }

  /** Whether the targets are older than the group. */
  public boolean isAssignmentDue() {
    return assignmentEpoch < epoch;
  }

  /** All members, by id, the oldest first. */
  public Map<String, M> all() {
    return metadata;
  }

  /** The ids of all members, the oldest first. */
  public Set<String> ids() {
    return metadata.keySet();
  }

  /** What a member has told, or null when there is no such member. */
  public @Nullable M metadata(String id) {
    return metadata.get(id);
  }

  /** The id of the static member of that instance id, or null. */
  public @Nullable String ofInstance(String instanceId) {
    String id = idsByInstance.get(instanceId);
    return id != null && metadata.containsKey(id) ? id : null;
  }

  /** What a member is to have. */
  public W target(String id) {
    return targets.getOrDefault(id, nothing);
  }

  /** Whether a member has a target, be it an empty one, and it is that. */
  public boolean hasTarget(String id, W work) {
    return work.equals(targets.get(id));
  }

  /** What a member has. */
  public CurrentAssignment<W> current(String id) {
    CurrentAssignment<W> current = currents.get(id);
    return current == null ? CurrentAssignment.none(nothing) : current;
  }

  /** The group's state, as administrators see it. */
  public GroupState state() {
    if (metadata.isEmpty()) {
      return GroupState.EMPTY;
    }
    if (isAssignmentDue()) {
      return GroupState.ASSIGNING;
    }
    boolean settled =
        metadata.keySet().stream()
            .map(this::current)
            .allMatch(
                each -> each.state() == MemberState.STABLE && each.epoch() == assignmentEpoch);
    return settled ? GroupState.STABLE : GroupState.RECONCILING;
  }

  // ---- records of what is decided ----

  /** The record by which a static member leaves for a while. */
  public R leaving(String id) {
    return records.current(id, current(id).away(nothing));
  }

  /** The records by which one member takes the place of another, with what that one has. */
  public List<R> replacing(String oldId, String newId) {
    List<R> replacing = new ArrayList<>(forgetting(oldId));
    M told = metadata.get(oldId);
    if (told != null) {
      replacing.add(records.member(newId, told));
    }
    replacing.add(records.target(newId, target(oldId)));
    replacing.add(records.current(newId, current(oldId).back(nothing)));
    return replacing;
  }

  /** The tombstones of a member. */
  public List<R> forgetting(String id) {
    return List.of(
        records.tombstone(Kind.CURRENT, id),
        records.tombstone(Kind.TARGET, id),
        records.tombstone(Kind.MEMBER, id));
  }

  /**
   * The tombstones of the group, members included.
   *
   * @param more kinds of records that there are of the group, beside its epochs
   */
  public List<R> forgettingAll(Kind... more) {
    List<R> forgetting = new ArrayList<>();
    metadata.keySet().forEach(id -> forgetting.addAll(forgetting(id)));
    forgetting.add(records.tombstone(Kind.TARGET_EPOCH, null));
    for (Kind kind : more) {
      forgetting.add(records.tombstone(kind, null));
    }
    forgetting.add(records.tombstone(Kind.GROUP, null));
    return forgetting;
  }

  // ---- in no record ----

  /** Whether these are the topics that were looked at last, for what members subscribe to. */
  @SuppressWarnings("ReferenceEquality")
  public boolean hasSeen(TopicsImage image) {
    return seen == image;
  }

  /** These topics have been looked at. */
  public void see(TopicsImage image) {
    seen = image;
  }
}
