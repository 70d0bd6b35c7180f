package io.millrace.broker.group.consumer;

import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.member.CompactReader;
import io.millrace.broker.group.member.CompactWriter;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordFormat;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records of consumer groups in Kafka's own schemas (KIP-848; ConsumerGroup*Key and *Value of its
 * group coordinator).
 *
 * <pre>
 *   3 group          epoch i32 · tag 0: metadata hash i64 · tag 1: creation time i64
 *   5 member         instance? · rack? · client id · client host · topics · regex? ·
 *                    rebalance timeout i32 · assignor?
 *   6 target epoch   epoch i32 · tag 0: time i64
 *   7 target         partitions by topic id
 *   8 current        epoch i32 · previous epoch i32 · state i8 · assigned and revoking partitions
 * </pre>
 */
public final class ConsumerGroupRecordCodec implements RecordFormat.Fields<ConsumerGroupRecord> {

  private static final int HASH_TAG = 0;
  private static final int CREATION_TAG = 1;
  private static final int TOPIC_BYTES = 18;

  /** How they are written. */
  public static final RecordFormat<ConsumerGroupRecord> FORMAT =
      new RecordFormat<>(
          "consumer",
          Map.of(
              Kind.GROUP, 3, Kind.MEMBER, 5, Kind.TARGET_EPOCH, 6, Kind.TARGET, 7, Kind.CURRENT, 8),
          new ConsumerGroupRecordCodec());

  private ConsumerGroupRecordCodec() {}

  // ---- write ----

  @Override
  public void write(ConsumerGroupRecord record, CompactWriter out) {
    switch (record) {
      case GroupEpoch group -> {
        out.i32(group.epoch()).count(2);
        out.count(HASH_TAG).count(Long.BYTES).i64(group.metadataHash());
        out.count(CREATION_TAG).count(Long.BYTES).i64(group.creationMillis());
      }
      case Member member -> {
        ConsumerMemberMetadata metadata = member.metadata();
        out.text(metadata.instanceId()).text(metadata.rackId());
        out.text(metadata.clientId()).text(metadata.clientHost()).texts(metadata.topics());
        out.text(metadata.regex()).i32(metadata.rebalanceTimeoutMillis());
        out.text(metadata.assignor()).count(0);
      }
      case TargetEpoch target ->
          RecordFormat.writeTargetEpoch(out, target.epoch(), target.assignedMillis());
      case Target target -> {
        partitions(out, target.partitions());
        out.count(0);
      }
      case Current current -> {
        CurrentAssignment<Set<TopicIdPartition>> assignment = current.assignment();
        out.i32(assignment.epoch()).i32(assignment.previousEpoch());
        out.i8(assignment.state().code());
        partitions(out, assignment.assigned());
        partitions(out, assignment.revoking());
        out.count(0);
      }
      case Forgotten unused -> {
        // A tombstone has no fields.
      }
    }
  }

  /** Writes partitions by topic, in the form that all these records share. */
  public static void partitions(CompactWriter out, Set<TopicIdPartition> partitions) {
    SortedMap<UUID, SortedSet<Integer>> byTopic = new TreeMap<>();
    for (TopicIdPartition each : partitions) {
      byTopic.computeIfAbsent(each.topicId(), id -> new TreeSet<>()).add(each.partition());
    }
    out.size(byTopic.size());
    for (Map.Entry<UUID, SortedSet<Integer>> topic : byTopic.entrySet()) {
      out.i64(topic.getKey().getMostSignificantBits());
      out.i64(topic.getKey().getLeastSignificantBits());
      out.size(topic.getValue().size());
      topic.getValue().forEach(out::i32);
      out.count(0);
    }
  }

  // ---- read ----

  @Override
  public @Nullable ConsumerGroupRecord read(
      Kind kind, String group, String memberId, CompactReader in) {
    return switch (kind) {
      case GROUP -> {
        int epoch = in.i32();
        Map<Integer, Long> tags = in.tags();
        yield new GroupEpoch(
            group, epoch, tags.getOrDefault(HASH_TAG, 0L), tags.getOrDefault(CREATION_TAG, -1L));
      }
      case MEMBER -> new Member(group, memberId, metadata(in));
      case TARGET_EPOCH -> new TargetEpoch(group, in.i32(), RecordFormat.readAssignedMillis(in));
      case TARGET -> new Target(group, memberId, partitions(in));
      case CURRENT -> current(group, memberId, in);
      case TOPOLOGY -> null;
    };
  }

  @Override
  public ConsumerGroupRecord tombstone(Kind kind, String group, @Nullable String memberId) {
    return new Forgotten(group, kind, memberId);
  }

  private static ConsumerMemberMetadata metadata(CompactReader in) {
    return new ConsumerMemberMetadata(
        in.textOrNull(),
        in.textOrNull(),
        in.text(),
        in.text(),
        in.texts(),
        in.textOrNull(),
        in.i32(),
        in.textOrNull());
  }

  private static @Nullable Current current(String group, String memberId, CompactReader in) {
    int epoch = in.i32();
    int previous = in.i32();
    MemberState state = MemberState.of(in.i8());
    return state == null
        ? null
        : new Current(
            group,
            memberId,
            new CurrentAssignment<>(epoch, previous, state, partitions(in), partitions(in)));
  }

  /** Reads what the other writes. */
  public static Set<TopicIdPartition> partitions(CompactReader in) {
    int topics = in.size(TOPIC_BYTES);
    Set<TopicIdPartition> partitions = new HashSet<>();
    for (int i = 0; i < topics; i++) {
      UUID topicId = new UUID(in.i64(), in.i64());
      int count = in.size(Integer.BYTES);
      for (int j = 0; j < count; j++) {
        partitions.add(new TopicIdPartition(topicId, in.i32()));
      }
      in.tags();
    }
    return Set.copyOf(partitions);
  }
}
