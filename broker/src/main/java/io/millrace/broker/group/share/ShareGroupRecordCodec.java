package io.millrace.broker.group.share;

import io.millrace.broker.group.consumer.CompactReader;
import io.millrace.broker.group.consumer.CompactWriter;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Kind;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecordCodec;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.MemberMetadata;
import io.millrace.broker.group.consumer.MemberState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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
public final class ShareGroupRecordCodec {

  private static final short FIRST_KEY = 10;
  private static final short VALUE_VERSION = 0;
  private static final int TIME_TAG = 0;
  private static final int STABLE = 0;
  private static final int NO_REBALANCE_TIMEOUT = -1;

  private ShareGroupRecordCodec() {}

  /** Whether a key of that version is one that this codec reads. */
  public static boolean reads(short keyVersion) {
    return kind(keyVersion) != null;
  }

  private static @Nullable Kind kind(short keyVersion) {
    return switch (keyVersion - FIRST_KEY) {
      case 0 -> Kind.MEMBER;
      case 1 -> Kind.GROUP;
      case 2 -> Kind.TARGET_EPOCH;
      case 3 -> Kind.TARGET;
      case 4 -> Kind.CURRENT;
      default -> null;
    };
  }

  private static int keyVersion(Kind kind) {
    return FIRST_KEY
        + switch (kind) {
          case MEMBER -> 0;
          case GROUP -> 1;
          case TARGET_EPOCH -> 2;
          case TARGET -> 3;
          case CURRENT -> 4;
        };
  }

  // ---- encode ----

  /** The record's key. */
  public static ByteBuffer key(ConsumerGroupRecord record) {
    return switch (record) {
      case GroupEpoch group -> key(Kind.GROUP, group.group(), null);
      case Member member -> key(Kind.MEMBER, member.group(), member.memberId());
      case TargetEpoch target -> key(Kind.TARGET_EPOCH, target.group(), null);
      case Target target -> key(Kind.TARGET, target.group(), target.memberId());
      case Current current -> key(Kind.CURRENT, current.group(), current.memberId());
      case Forgotten gone -> key(gone.kind(), gone.group(), gone.memberId());
    };
  }

  private static ByteBuffer key(Kind kind, String group, @Nullable String memberId) {
    CompactWriter out = new CompactWriter().i16(keyVersion(kind)).shortText(group);
    return (memberId == null ? out : out.shortText(memberId)).toBuffer();
  }

  /** The record's value, or null for a tombstone. */
  public static @Nullable ByteBuffer value(ConsumerGroupRecord record) {
    CompactWriter out = new CompactWriter().i16(VALUE_VERSION);
    switch (record) {
      case GroupEpoch group -> out.i32(group.epoch()).i64(group.metadataHash()).count(0);
      case Member member -> {
        MemberMetadata metadata = member.metadata();
        out.text(metadata.rackId()).text(metadata.clientId()).text(metadata.clientHost());
        SortedSet<String> topics = new TreeSet<>(metadata.topics());
        out.size(topics.size());
        topics.forEach(out::text);
        out.count(0);
      }
      case TargetEpoch target -> {
        out.i32(target.epoch()).count(1);
        out.count(TIME_TAG).count(Long.BYTES).i64(target.assignedMillis());
      }
      case Target target -> {
        ConsumerGroupRecordCodec.partitions(out, target.partitions());
        out.count(0);
      }
      case Current current -> {
        CurrentAssignment assignment = current.assignment();
        out.i32(assignment.epoch()).i32(assignment.previousEpoch()).i8(STABLE);
        ConsumerGroupRecordCodec.partitions(out, assignment.assigned());
        out.count(0);
      }
      case Forgotten unused -> {
        return null;
      }
    }
    return out.toBuffer();
  }

  // ---- decode ----

  /**
   * The record with the given key and value, or null when its value is of a version that is not
   * known here.
   *
   * @throws IllegalArgumentException when the bytes are cut short or claim more than there is
   */
  public static @Nullable ConsumerGroupRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      CompactReader in = new CompactReader(key);
      Kind kind = kind(in.i16());
      if (kind == null) {
        return null;
      }
      String group = in.shortText();
      boolean ofGroup = kind == Kind.GROUP || kind == Kind.TARGET_EPOCH;
      String memberId = ofGroup ? null : in.shortText();
      if (value == null) {
        return new Forgotten(group, kind, memberId);
      }
      CompactReader body = new CompactReader(value);
      if (body.i16() != VALUE_VERSION) {
        return null;
      }
      String member = memberId == null ? "" : memberId;
      return switch (kind) {
        case GROUP -> new GroupEpoch(group, body.i32(), body.i64(), -1);
        case MEMBER -> new Member(group, member, metadata(body));
        case TARGET_EPOCH -> {
          int epoch = body.i32();
          yield new TargetEpoch(group, epoch, body.tag(TIME_TAG, 0));
        }
        case TARGET -> new Target(group, member, ConsumerGroupRecordCodec.partitions(body));
        case CURRENT -> current(group, member, body);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record of a share group is cut short", e);
    }
  }

  private static MemberMetadata metadata(CompactReader in) {
    String rackId = in.textOrNull();
    String clientId = in.text();
    String clientHost = in.text();
    int count = in.size(1);
    Set<String> topics = new HashSet<>();
    for (int i = 0; i < count; i++) {
      topics.add(in.text());
    }
    return new MemberMetadata(
        null, rackId, clientId, clientHost, topics, null, NO_REBALANCE_TIMEOUT, null);
  }

  private static Current current(String group, String memberId, CompactReader in) {
    int epoch = in.i32();
    int previous = in.i32();
    in.i8();
    return new Current(
        group,
        memberId,
        new CurrentAssignment(
            epoch,
            previous,
            MemberState.STABLE,
            ConsumerGroupRecordCodec.partitions(in),
            Set.of()));
  }
}
