package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.CompactReader;
import io.millrace.broker.group.member.CompactWriter;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordFormat;
import io.millrace.broker.group.streams.StreamsGroupRecord.Current;
import io.millrace.broker.group.streams.StreamsGroupRecord.Forgotten;
import io.millrace.broker.group.streams.StreamsGroupRecord.GroupEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Member;
import io.millrace.broker.group.streams.StreamsGroupRecord.Target;
import io.millrace.broker.group.streams.StreamsGroupRecord.TargetEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Topology;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records of streams groups in Kafka's own schemas (KIP-1071; StreamsGroup*Key and *Value of its
 * group coordinator).
 *
 * <pre>
 *   17 group         epoch i32 · metadata hash i64 · tag 0: validated topology epoch i32 ·
 *                    tag 1: settings of the last assignment
 *   19 member        instance? · rack? · client id · client host · rebalance timeout i32 ·
 *                    topology epoch i32 · process id · endpoint? (host · port u16) · client tags
 *   20 target epoch  epoch i32 · tag 0: time i64
 *   21 target        active, standby and warm-up tasks by subtopology
 *   22 current       epoch i32 · previous epoch i32 · state i8 · active, standby and warm-up tasks,
 *                    the same to be revoked; tag 0 of active ones: the epochs of their assignment
 *   23 topology      {@link TopologyCodec}
 * </pre>
 */
public final class StreamsGroupRecordCodec implements RecordFormat.Fields<StreamsGroupRecord> {

  private static final int VALIDATED_TAG = 0;
  private static final int SETTINGS_TAG = 1;
  private static final int EPOCHS_TAG = 0;
  private static final int NOT_VALIDATED = -1;
  private static final int LEAST_TASKS_BYTES = 3;
  private static final int LEAST_PAIR_BYTES = 3;

  /** Kafka's numbers of the states are by one higher than those of consumer groups. */
  private static final int FIRST_STATE = 1;

  /** How they are written. */
  public static final RecordFormat<StreamsGroupRecord> FORMAT =
      new RecordFormat<>(
          "streams",
          Map.of(
              Kind.GROUP,
              17,
              Kind.MEMBER,
              19,
              Kind.TARGET_EPOCH,
              20,
              Kind.TARGET,
              21,
              Kind.CURRENT,
              22,
              Kind.TOPOLOGY,
              23),
          new StreamsGroupRecordCodec());

  private StreamsGroupRecordCodec() {}

  // ---- write ----

  @Override
  public void write(StreamsGroupRecord record, CompactWriter out) {
    switch (record) {
      case GroupEpoch group -> group(out, group);
      case Member member -> member(out, member.metadata());
      case Topology topology -> TopologyCodec.write(out, topology.topology());
      case TargetEpoch target ->
          RecordFormat.writeTargetEpoch(out, target.epoch(), target.assignedMillis());
      case Target target -> {
        target.tasks().roles().forEach(role -> tasks(out, role, Map.of()));
        out.count(0);
      }
      case Current current -> {
        CurrentAssignment<Tasks> assignment = current.assignment();
        out.i32(assignment.epoch()).i32(assignment.previousEpoch());
        out.i8(assignment.state().code() + FIRST_STATE);
        for (Tasks each : List.of(assignment.assigned(), assignment.revoking())) {
          tasks(out, each.active(), current.activeSince());
          tasks(out, each.standby(), Map.of());
          tasks(out, each.warmup(), Map.of());
        }
        out.count(0);
      }
      case Forgotten unused -> {
        // A tombstone has no fields.
      }
    }
  }

  private static void group(CompactWriter out, GroupEpoch group) {
    CompactWriter settings = new CompactWriter();
    pairs(settings, group.assignedBy());
    out.i32(group.epoch()).i64(group.metadataHash()).count(2);
    out.count(VALIDATED_TAG).count(Integer.BYTES).i32(group.validatedTopologyEpoch());
    out.count(SETTINGS_TAG).nested(settings);
  }

  private static void member(CompactWriter out, StreamsMemberMetadata member) {
    out.text(member.instanceId()).text(member.rackId());
    out.text(member.clientId()).text(member.clientHost());
    out.i32(member.rebalanceTimeoutMillis()).i32(member.topologyEpoch());
    out.text(member.processId());
    Endpoint endpoint = member.endpoint();
    if (endpoint == null) {
      out.i8(-1);
    } else {
      out.i8(1).text(endpoint.host()).i16(endpoint.port()).count(0);
    }
    pairs(out, member.clientTags());
    out.count(0);
  }

  /** Writes texts with their names. */
  static void pairs(CompactWriter out, Map<String, String> pairs) {
    out.size(pairs.size());
    new TreeMap<>(pairs).forEach((key, value) -> out.text(key).text(value).count(0));
  }

  private static void tasks(CompactWriter out, Set<TaskId> tasks, Map<TaskId, Integer> since) {
    SortedMap<String, SortedSet<Integer>> bySubtopology = new TreeMap<>();
    for (TaskId each : tasks) {
      bySubtopology
          .computeIfAbsent(each.subtopology(), id -> new TreeSet<>())
          .add(each.partition());
    }
    out.size(bySubtopology.size());
    bySubtopology.forEach(
        (subtopology, partitions) -> {
          out.text(subtopology).size(partitions.size());
          partitions.forEach(out::i32);
          if (since.isEmpty()) {
            out.count(0);
            return;
          }
          CompactWriter epochs = new CompactWriter();
          epochs.size(partitions.size());
          partitions.forEach(
              partition -> epochs.i32(since.getOrDefault(new TaskId(subtopology, partition), 0)));
          out.count(1).count(EPOCHS_TAG).nested(epochs);
        });
  }

  // ---- read ----

  @Override
  public @Nullable StreamsGroupRecord read(
      Kind kind, String group, String memberId, CompactReader in) {
    return switch (kind) {
      case GROUP -> group(group, in);
      case MEMBER -> new Member(group, memberId, member(in));
      case TOPOLOGY -> new Topology(group, TopologyCodec.read(in));
      case TARGET_EPOCH -> new TargetEpoch(group, in.i32(), RecordFormat.readAssignedMillis(in));
      case TARGET -> new Target(group, memberId, allTasks(in, new HashMap<>()));
      case CURRENT -> current(group, memberId, in);
    };
  }

  @Override
  public StreamsGroupRecord tombstone(Kind kind, String group, @Nullable String memberId) {
    return new Forgotten(group, kind, memberId);
  }

  private static GroupEpoch group(String group, CompactReader in) {
    int epoch = in.i32();
    long hash = in.i64();
    Map<Integer, CompactReader> fields = in.fields();
    CompactReader validated = fields.get(VALIDATED_TAG);
    CompactReader settings = fields.get(SETTINGS_TAG);
    return new GroupEpoch(
        group,
        epoch,
        hash,
        validated == null ? NOT_VALIDATED : validated.i32(),
        settings == null ? Map.of() : pairs(settings));
  }

  private static StreamsMemberMetadata member(CompactReader in) {
    return new StreamsMemberMetadata(
        in.textOrNull(),
        in.textOrNull(),
        in.text(),
        in.text(),
        in.i32(),
        in.i32(),
        in.text(),
        endpoint(in),
        pairs(in));
  }

  private static @Nullable Endpoint endpoint(CompactReader in) {
    if (in.i8() < 0) {
      return null;
    }
    Endpoint endpoint = new Endpoint(in.text(), Short.toUnsignedInt(in.i16()));
    in.fields();
    return endpoint;
  }

  /** Reads what the other writes. */
  static Map<String, String> pairs(CompactReader in) {
    int count = in.size(LEAST_PAIR_BYTES);
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; i < count; i++) {
      pairs.put(in.text(), in.text());
      in.fields();
    }
    return pairs;
  }

  private static @Nullable Current current(String group, String memberId, CompactReader in) {
    int epoch = in.i32();
    int previous = in.i32();
    MemberState state = MemberState.of((byte) (in.i8() - FIRST_STATE));
    if (state == null) {
      return null;
    }
    Map<TaskId, Integer> since = new HashMap<>();
    Tasks assigned = allTasks(in, since);
    Tasks revoking = allTasks(in, since);
    return new Current(
        group,
        memberId,
        new CurrentAssignment<>(epoch, previous, state, assigned, revoking),
        since);
  }

  private static Tasks allTasks(CompactReader in, Map<TaskId, Integer> since) {
    Set<TaskId> active = tasks(in, since);
    return new Tasks(active, tasks(in, new HashMap<>()), tasks(in, new HashMap<>()));
  }

  private static Set<TaskId> tasks(CompactReader in, Map<TaskId, Integer> since) {
    int subtopologies = in.size(LEAST_TASKS_BYTES);
    Set<TaskId> tasks = new HashSet<>();
    for (int i = 0; i < subtopologies; i++) {
      String subtopology = in.text();
      TaskId[] here = new TaskId[in.size(Integer.BYTES)];
      for (int j = 0; j < here.length; j++) {
        here[j] = new TaskId(subtopology, in.i32());
        tasks.add(here[j]);
      }
      CompactReader epochs = in.fields().get(EPOCHS_TAG);
      if (epochs != null && epochs.size(Integer.BYTES) == here.length) {
        for (TaskId task : here) {
          since.put(task, epochs.i32());
        }
      }
    }
    return tasks;
  }
}
