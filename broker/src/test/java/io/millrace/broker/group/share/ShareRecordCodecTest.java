package io.millrace.broker.group.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.consumer.ConsumerMemberMetadata;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordBytes;
import io.millrace.broker.group.share.ShareStateRecord.Forgotten;
import io.millrace.broker.group.share.ShareStateRecord.Snapshot;
import io.millrace.broker.group.share.ShareStateRecord.Update;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShareRecordCodecTest {

  private static final UUID TOPIC = new UUID(1, 2);
  private static final SharePartitionKey KEY = new SharePartitionKey("g", TOPIC, 3);
  private static final List<StateBatch> BATCHES =
      List.of(
          new StateBatch(10, 19, DeliveryState.ACKNOWLEDGED, 1),
          new StateBatch(20, 20, DeliveryState.AVAILABLE, 2),
          new StateBatch(21, 1L << 40, DeliveryState.ARCHIVED, 5));

  private final ShareStateRecordCodec codec = new ShareStateRecordCodec();

  @Test
  void stateIsReadAsItWasWritten() {
    List<ShareStateRecord> records =
        List.of(
            new Snapshot(KEY, 7, 2, 1, 10, 12, 1000, 2000, BATCHES),
            new Snapshot(KEY, 0, 0, 0, 0, 0, 0, 0, List.of()),
            new Update(KEY, 7, 1, 11, 4, BATCHES),
            new Forgotten(KEY));
    for (ShareStateRecord record : records) {
      assertThat(ShareStateRecordCodec.decode(codec.key(record), codec.value(record)))
          .isEqualTo(record);
    }
  }

  /** The bytes that Kafka's own classes give (ShareUpdateKey and ShareUpdateValue). */
  @Test
  void updateIsWrittenAsKafkaWritesIt() {
    Update record =
        new Update(KEY, 7, 1, 11, 4, List.of(new StateBatch(11, 12, DeliveryState.ARCHIVED, 3)));
    assertThat(RecordBytes.hex(codec.key(record)))
        .isEqualTo("0001" + "000167" + "00000000000000010000000000000002" + "00000003");
    assertThat(RecordBytes.hex(codec.value(record)))
        .isEqualTo(
            "0000" // version
                + "00000007"
                + "00000001"
                + "000000000000000b"
                + "02" // one batch
                + "000000000000000b"
                + "000000000000000c"
                + "04"
                + "0003"
                + "00"
                + "01" // one tagged field
                + "0004"
                + "00000004");
  }

  @Test
  void membersAreReadAsTheyWereWritten() {
    TopicIdPartition partition = new TopicIdPartition(TOPIC, 3);
    List<ConsumerGroupRecord> records =
        List.of(
            new GroupEpoch("g", 7, -5, -1),
            new Member(
                "g",
                "m",
                new ConsumerMemberMetadata(null, "r", "c", "h", Set.of("a"), null, -1, null)),
            new TargetEpoch("g", 7, 2000),
            new Target("g", "m", Set.of(partition)),
            new Current(
                "g",
                "m",
                new CurrentAssignment<>(7, 6, MemberState.STABLE, Set.of(partition), Set.of())),
            new ConsumerGroupRecord.Forgotten("g", Kind.GROUP, null),
            new ConsumerGroupRecord.Forgotten("g", Kind.MEMBER, "m"));
    RecordBytes.assertReadBack(ShareGroupRecordCodec.FORMAT, records);
  }

  /** The bytes that Kafka's own classes give (ShareGroupCurrentMemberAssignment). */
  @Test
  void anAssignmentIsWrittenAsKafkaWritesIt() {
    Current record =
        new Current(
            "g",
            "m",
            new CurrentAssignment<>(
                5, 4, MemberState.STABLE, Set.of(new TopicIdPartition(TOPIC, 3)), Set.of()));
    assertThat(RecordBytes.hex(ShareGroupRecordCodec.FORMAT.key(record)))
        .isEqualTo("000e" + "000167" + "00016d");
    assertThat(RecordBytes.hex(ShareGroupRecordCodec.FORMAT.value(record)))
        .isEqualTo(
            "0000" // version
                + "00000005"
                + "00000004"
                + "00"
                + "02" // one topic
                + "00000000000000010000000000000002"
                + "02" // one partition
                + "00000003"
                + "00"
                + "00");
  }

  @Property(tries = 5000)
  void anyBytesAreReadOrRefused(
      @ForAll @Size(max = 60) byte[] key, @ForAll @Size(max = 80) byte[] value) {
    readOrRefuse(key, value);
  }

  @Property(tries = 3000)
  void damagedRecordsAreReadOrRefused(
      @ForAll boolean update, @ForAll int at, @ForAll byte with, @ForAll boolean inKey) {
    ShareStateRecord record =
        update
            ? new Update(KEY, 7, 1, 11, 4, BATCHES)
            : new Snapshot(KEY, 7, 2, 1, 10, 12, 1000, 2000, BATCHES);
    byte[] key = bytes(codec.key(record));
    byte[] value = bytes(codec.value(record));
    byte[] damaged = inKey ? key : value;
    damaged[Math.floorMod(at, damaged.length)] = with;
    readOrRefuse(key, value);
  }

  private static byte[] bytes(@Nullable ByteBuffer buffer) {
    return HexFormat.of().parseHex(RecordBytes.hex(buffer));
  }

  private static void readOrRefuse(byte[] key, byte[] value) {
    try {
      ShareStateRecord unused =
          ShareStateRecordCodec.decode(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("a record of a");
    }
    try {
      ConsumerGroupRecord unused =
          ShareGroupRecordCodec.FORMAT.decode(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("a record of a");
    }
  }
}
