package io.millrace.broker.group.share;

import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecordCodec;
import io.millrace.broker.group.consumer.ConsumerMemberMetadata;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.member.CompactReader;
import io.millrace.broker.group.member.CompactWriter;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a share group's members in Kafka's own schemas (KIP-932; ShareGroup*Key and
 * *Value of its group coordinator). They are those of a consumer group with less in them: a member
 * is never static, subscribes by names, and never waits for another to give a partition back.
 *
 * <pre>
 *   10 member        rack? · client id · client host · topics
 *   11 group         epoch i32 · metadata hash i64
 *   12 target epoch  epoch i32 · tag 0: time i64
 *   13 target        partitions by topic id
 *   14 current       epoch i32 · previous epoch i32 · state i8, always 0 · assigned partitions
 * </pre>
 */
public final class ShareGroupRecordCodec implements RecordFormat.Fields<ConsumerGroupRecord> {

  private static final int STABLE = 0;
  private static final long NOT_TOLD = -1;

  /** How they are written. */
  public static final RecordFormat<ConsumerGroupRecord> FORMAT =
      new RecordFormat<>(
          "share",
          Map.of(
              Kind.MEMBER,
              10,
              Kind.GROUP,
              11,
              Kind.TARGET_EPOCH,
              12,
              Kind.TARGET,
              13,
              Kind.CURRENT,
              14),
          new ShareGroupRecordCodec());

  private ShareGroupRecordCodec() {}

  @Override
  public void write(ConsumerGroupRecord record, CompactWriter out) {
    switch (record) {
      case GroupEpoch group -> out.i32(group.epoch()).i64(group.metadataHash()).count(0);
      case Member member -> {
        ConsumerMemberMetadata metadata = member.metadata();
        out.text(metadata.rackId()).text(metadata.clientId()).text(metadata.clientHost());
        out.texts(metadata.topics()).count(0);
      }
      case TargetEpoch target ->
          RecordFormat.writeTargetEpoch(out, target.epoch(), target.assignedMillis());
      case Target target -> {
        ConsumerGroupRecordCodec.partitions(out, target.partitions());
        out.count(0);
      }
      case Current current -> {
        CurrentAssignment<Set<TopicIdPartition>> assignment = current.assignment();
        out.i32(assignment.epoch()).i32(assignment.previousEpoch()).i8(STABLE);
        ConsumerGroupRecordCodec.partitions(out, assignment.assigned());
        out.count(0);
      }
      case Forgotten unused -> {
        // A tombstone has no fields.
      }
    }
  }

  @Override
  public @Nullable ConsumerGroupRecord read(
      Kind kind, String group, String memberId, CompactReader in) {
    return switch (kind) {
      case GROUP -> new GroupEpoch(group, in.i32(), in.i64(), NOT_TOLD);
      case MEMBER -> new Member(group, memberId, metadata(in));
      case TARGET_EPOCH -> new TargetEpoch(group, in.i32(), RecordFormat.readAssignedMillis(in));
      case TARGET -> new Target(group, memberId, ConsumerGroupRecordCodec.partitions(in));
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
        null, in.textOrNull(), in.text(), in.text(), in.texts(), null, Heartbeat.UNCHANGED, null);
  }

  private static Current current(String group, String memberId, CompactReader in) {
    int epoch = in.i32();
    int previous = in.i32();
    in.i8();
    return new Current(
        group,
        memberId,
        new CurrentAssignment<>(
            epoch,
            previous,
            MemberState.STABLE,
            ConsumerGroupRecordCodec.partitions(in),
            Set.of()));
  }
}
