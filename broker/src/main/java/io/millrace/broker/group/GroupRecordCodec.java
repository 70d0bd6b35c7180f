package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupRecord.GenerationStored;
import io.millrace.broker.group.GroupRecord.GroupForgotten;
import io.millrace.broker.group.GroupRecord.OfConsumerGroup;
import io.millrace.broker.group.GroupRecord.OfShareGroup;
import io.millrace.broker.group.GroupRecord.OfStreamsGroup;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetForgotten;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerGroupRecordCodec;
import io.millrace.broker.group.share.ShareGroupRecordCodec;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import io.millrace.broker.group.streams.StreamsGroupRecordCodec;
import io.millrace.broker.topic.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Group records in Kafka's own schema, so that its tools can read them: OffsetCommitKey 1,
 * OffsetCommitValue 3, GroupMetadataKey 2, GroupMetadataValue 3; those of groups of the new
 * protocol are {@link ConsumerGroupRecordCodec}'s, those of share groups {@link
 * ShareGroupRecordCodec}'s, those of streams groups {@link StreamsGroupRecordCodec}'s. Each begins
 * with its version as an i16; a text is an i16 length and UTF-8, bytes are an i32 length and the
 * bytes, a list is an i32 count and its elements.
 *
 * <pre>
 *   offset key     group · topic · partition i32
 *   offset value   offset i64 · leader epoch i32 · metadata · commit time i64
 *   group key      group
 *   group value    protocol type · generation i32 · protocol? · leader? · state time i64 · members:
 *                  id · instance id? · client id · client host · rebalance timeout i32 ·
 *                  session timeout i32 · subscription bytes · assignment bytes
 * </pre>
 */
final class GroupRecordCodec {

  private static final short OFFSET_KEY_OLD = 0;
  private static final short OFFSET_KEY = 1;
  private static final short GROUP_KEY = 2;
  private static final short OFFSET_VALUE = 3;
  private static final short GROUP_VALUE = 3;
  private static final int LEAST_MEMBER_BYTES = 24;

  private GroupRecordCodec() {}

  // ---- encode ----

  /** The record's key. */
  static ByteBuffer key(GroupRecord record) {
    return switch (record) {
      case OffsetCommitted offset -> offsetKey(offset.group(), offset.partition());
      case OffsetForgotten offset -> offsetKey(offset.group(), offset.partition());
      case GenerationStored stored -> groupKey(stored.group());
      case GroupForgotten gone -> groupKey(gone.group());
      case OfConsumerGroup change -> ConsumerGroupRecordCodec.FORMAT.key(change.record());
      case OfShareGroup change -> ShareGroupRecordCodec.FORMAT.key(change.record());
      case OfStreamsGroup change -> StreamsGroupRecordCodec.FORMAT.key(change.record());
    };
  }

  private static ByteBuffer offsetKey(String group, TopicPartition partition) {
    return encode(
        out -> {
          out.writeShort(OFFSET_KEY);
          text(out, group);
          text(out, partition.topic());
          out.writeInt(partition.partition());
        });
  }

  private static ByteBuffer groupKey(String group) {
    return encode(
        out -> {
          out.writeShort(GROUP_KEY);
          text(out, group);
        });
  }

  /** The record's value, or null for a tombstone. */
  static @Nullable ByteBuffer value(GroupRecord record) {
    return switch (record) {
      case OffsetCommitted committed -> offsetValue(committed.offset());
      case GenerationStored stored -> groupValue(stored);
      case OffsetForgotten unused -> null;
      case GroupForgotten unused -> null;
      case OfConsumerGroup change -> ConsumerGroupRecordCodec.FORMAT.value(change.record());
      case OfShareGroup change -> ShareGroupRecordCodec.FORMAT.value(change.record());
      case OfStreamsGroup change -> StreamsGroupRecordCodec.FORMAT.value(change.record());
    };
  }

  private static ByteBuffer offsetValue(CommittedOffset offset) {
    return encode(
        out -> {
          out.writeShort(OFFSET_VALUE);
          out.writeLong(offset.offset());
          out.writeInt(offset.leaderEpoch());
          text(out, offset.metadata());
          out.writeLong(offset.commitTimeMillis());
        });
  }

  private static ByteBuffer groupValue(GenerationStored stored) {
    return encode(
        out -> {
          out.writeShort(GROUP_VALUE);
          text(out, stored.protocolType());
          out.writeInt(stored.generation());
          textOrNull(out, stored.protocol());
          textOrNull(out, stored.leader());
          out.writeLong(stored.stateMillis());
          out.writeInt(stored.members().size());
          for (StoredMember member : stored.members()) {
            text(out, member.memberId());
            textOrNull(out, member.instanceId());
            text(out, member.clientId());
            text(out, member.clientHost());
            out.writeInt(member.rebalanceTimeoutMillis());
            out.writeInt(member.sessionTimeoutMillis());
            bytes(out, member.subscription());
            bytes(out, member.assignment());
          }
        });
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static ByteBuffer encode(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try {
      body.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a text of " + utf8.length + " bytes does not fit a group record");
    }
    out.writeShort(utf8.length);
    out.write(utf8);
  }

  private static void textOrNull(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeShort(-1);
    } else {
      text(out, text);
    }
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  // ---- decode ----

  /**
   * The record with the given key and value, or null when it is of a kind or version that is not
   * known here.
   *
   * @throws IllegalArgumentException when the bytes are cut short or claim more than there is
   */
  static @Nullable GroupRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      short version = key.getShort(key.position());
      if (ConsumerGroupRecordCodec.FORMAT.reads(version)) {
        ConsumerGroupRecord record = ConsumerGroupRecordCodec.FORMAT.decode(key, value);
        return record == null ? null : new OfConsumerGroup(record);
      }
      if (ShareGroupRecordCodec.FORMAT.reads(version)) {
        ConsumerGroupRecord record = ShareGroupRecordCodec.FORMAT.decode(key, value);
        return record == null ? null : new OfShareGroup(record);
      }
      if (StreamsGroupRecordCodec.FORMAT.reads(version)) {
        StreamsGroupRecord record = StreamsGroupRecordCodec.FORMAT.decode(key, value);
        return record == null ? null : new OfStreamsGroup(record);
      }
      short kind = key.getShort();
      return switch (kind) {
        case OFFSET_KEY_OLD, OFFSET_KEY -> {
          String group = text(key);
          TopicPartition partition = new TopicPartition(text(key), key.getInt());
          yield value == null
              ? new OffsetForgotten(group, partition)
              : offset(group, partition, value);
        }
        case GROUP_KEY -> {
          String group = text(key);
          yield value == null ? new GroupForgotten(group) : generation(group, value);
        }
        default -> null;
      };
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a group record is cut short", e);
    }
  }

  private static @Nullable GroupRecord offset(
      String group, TopicPartition partition, ByteBuffer in) {
    if (in.getShort() != OFFSET_VALUE) {
      return null;
    }
    return new OffsetCommitted(
        group, partition, new CommittedOffset(in.getLong(), in.getInt(), text(in), in.getLong()));
  }

  private static @Nullable GroupRecord generation(String group, ByteBuffer in) {
    if (in.getShort() != GROUP_VALUE) {
      return null;
    }
    String protocolType = text(in);
    int generation = in.getInt();
    String protocol = textOrNull(in);
    String leader = textOrNull(in);
    long stateMillis = in.getLong();
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / LEAST_MEMBER_BYTES) {
      throw new IllegalArgumentException("a group record claims " + count + " members");
    }
    List<StoredMember> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(
          new StoredMember(
              text(in),
              textOrNull(in),
              text(in),
              text(in),
              in.getInt(),
              in.getInt(),
              bytes(in),
              bytes(in)));
    }
    return new GenerationStored(
        group, protocolType, generation, protocol, leader, stateMillis, List.copyOf(members));
  }

  private static String text(ByteBuffer in) {
    String text = textOrNull(in);
    if (text == null) {
      throw new IllegalArgumentException("a group record lacks a text");
    }
    return text;
  }

  private static @Nullable String textOrNull(ByteBuffer in) {
    int length = in.getShort();
    return length < 0 ? null : new String(take(in, length), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      throw new IllegalArgumentException("a group record claims " + length + " bytes");
    }
    return take(in, length);
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
