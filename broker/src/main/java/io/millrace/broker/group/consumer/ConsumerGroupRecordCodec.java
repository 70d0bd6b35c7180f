package io.millrace.broker.group.consumer;

import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Kind;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
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
 * group coordinator). A key is its kind as an i16 and texts with i16 lengths; a value is version 0
 * in the compact form with tagged fields (KIP-482).
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
public final class ConsumerGroupRecordCodec {

  private static final short VALUE_VERSION = 0;
  private static final int HASH_TAG = 0;
  private static final int CREATION_TAG = 1;
  private static final int TIME_TAG = 0;
  private static final int TOPIC_BYTES = 18;

  private ConsumerGroupRecordCodec() {}

  /** Whether a key of that version is one that this codec reads. */
  public static boolean reads(short keyVersion) {
    return Kind.of(keyVersion) != null;
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
    CompactWriter out = new CompactWriter().i16(kind.code()).shortText(group);
    return (memberId == null ? out : out.shortText(memberId)).toBuffer();
  }

  /** The record's value, or null for a tombstone. */
  public static @Nullable ByteBuffer value(ConsumerGroupRecord record) {
    CompactWriter out = new CompactWriter().i16(VALUE_VERSION);
    switch (record) {
      case GroupEpoch group -> {
        out.i32(group.epoch()).count(2);
        out.count(HASH_TAG).count(Long.BYTES).i64(group.metadataHash());
        out.count(CREATION_TAG).count(Long.BYTES).i64(group.creationMillis());
      }
      case Member member -> {
        MemberMetadata metadata = member.metadata();
        out.text(metadata.instanceId()).text(metadata.rackId());
        out.text(metadata.clientId()).text(metadata.clientHost());
        SortedSet<String> topics = new TreeSet<>(metadata.topics());
        out.size(topics.size());
        topics.forEach(out::text);
        out.text(metadata.regex()).i32(metadata.rebalanceTimeoutMillis());
        out.text(metadata.assignor()).count(0);
      }
      case TargetEpoch target -> {
        out.i32(target.epoch()).count(1);
        out.count(TIME_TAG).count(Long.BYTES).i64(target.assignedMillis());
      }
      case Target target -> {
        partitions(out, target.partitions());
        out.count(0);
      }
      case Current current -> {
        CurrentAssignment assignment = current.assignment();
        out.i32(assignment.epoch()).i32(assignment.previousEpoch());
        out.i8(assignment.state().code());
        partitions(out, assignment.assigned());
        partitions(out, assignment.revoking());
        out.count(0);
      }
      case Forgotten unused -> {
        return null;
      }
    }
    return out.toBuffer();
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
      Kind kind = Kind.of(in.i16());
      if (kind == null) {
        return null;
      }
      String group = in.shortText();
      String memberId = kind.ofMember() ? in.shortText() : null;
      if (value == null) {
        return new Forgotten(group, kind, memberId);
      }
      CompactReader body = new CompactReader(value);
      if (body.i16() != VALUE_VERSION) {
        return null;
      }
      String member = memberId == null ? "" : memberId;
      return switch (kind) {
        case GROUP -> group(group, body);
        case MEMBER -> new Member(group, member, metadata(body));
        case TARGET_EPOCH -> {
          int epoch = body.i32();
          yield new TargetEpoch(group, epoch, body.tag(TIME_TAG, 0));
        }
        case TARGET -> new Target(group, member, partitions(body));
        case CURRENT -> current(group, member, body);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record of a consumer group is cut short", e);
    }
  }

  private static GroupEpoch group(String group, CompactReader in) {
    int epoch = in.i32();
    Map<Integer, Long> tags = in.tags();
    return new GroupEpoch(
        group, epoch, tags.getOrDefault(HASH_TAG, 0L), tags.getOrDefault(CREATION_TAG, -1L));
  }

  private static MemberMetadata metadata(CompactReader in) {
    String instanceId = in.textOrNull();
    String rackId = in.textOrNull();
    String clientId = in.text();
    String clientHost = in.text();
    int count = in.size(1);
    Set<String> topics = new HashSet<>();
    for (int i = 0; i < count; i++) {
      topics.add(in.text());
    }
    return new MemberMetadata(
        instanceId,
        rackId,
        clientId,
        clientHost,
        topics,
        in.textOrNull(),
        in.i32(),
        in.textOrNull());
  }

  private static @Nullable Current current(String group, String memberId, CompactReader in) {
    int epoch = in.i32();
    int previous = in.i32();
    MemberState state = MemberState.of(in.i8());
    if (state == null) {
      return null;
    }
    return new Current(
        group,
        memberId,
        new CurrentAssignment(epoch, previous, state, partitions(in), partitions(in)));
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
    return partitions;
  }
}
