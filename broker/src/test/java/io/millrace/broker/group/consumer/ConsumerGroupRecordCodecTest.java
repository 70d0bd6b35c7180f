package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordBytes;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConsumerGroupRecordCodecTest {

  private static final UUID TOPIC = new UUID(1, 2);

  @Test
  void recordsAreReadAsTheyWereWritten() {
    List<ConsumerGroupRecord> records =
        List.of(
            new GroupEpoch("g", 7, -5, 1000),
            new Member(
                "g",
                "m",
                new ConsumerMemberMetadata(
                    "i", "r", "c", "h", Set.of("a", "b"), "x.*", 300, "range")),
            new Member(
                "g",
                "m",
                new ConsumerMemberMetadata(null, null, "", "", Set.of(), null, 300, null)),
            new TargetEpoch("g", 7, 2000),
            new Target("g", "m", Set.of(new TopicIdPartition(TOPIC, 3))),
            new Current(
                "g",
                "m",
                new CurrentAssignment<>(
                    7,
                    6,
                    MemberState.UNREVOKED_PARTITIONS,
                    Set.of(new TopicIdPartition(TOPIC, 3), new TopicIdPartition(TOPIC, 4)),
                    Set.of(new TopicIdPartition(new UUID(-1, 9), 0)))),
            new Forgotten("g", Kind.GROUP, null),
            new Forgotten("g", Kind.CURRENT, "m"));
    RecordBytes.assertReadBack(ConsumerGroupRecordCodec.FORMAT, records);
  }

  /** The bytes that Kafka's schema gives (ConsumerGroupCurrentMemberAssignment 8). */
  @Test
  void anAssignmentIsWrittenAsKafkaWritesIt() {
    Current record =
        new Current(
            "g",
            "m",
            new CurrentAssignment<>(
                5, 4, MemberState.STABLE, Set.of(new TopicIdPartition(TOPIC, 3)), Set.of()));
    assertThat(RecordBytes.hex(ConsumerGroupRecordCodec.FORMAT.key(record)))
        .isEqualTo("0008" + "000167" + "00016d");
    assertThat(RecordBytes.hex(ConsumerGroupRecordCodec.FORMAT.value(record)))
        .isEqualTo(
            "0000" // version
                + "00000005"
                + "00000004"
                + "00"
                + "02" // one topic
                + "0000000000000001"
                + "0000000000000002"
                + "02" // one partition
                + "00000003"
                + "00"
                + "01" // nothing to revoke
                + "00");
  }

  /** The bytes that Kafka's schema gives (ConsumerGroupMemberMetadata 5). */
  @Test
  void aMemberIsWrittenAsKafkaWritesIt() {
    Member record =
        new Member(
            "g",
            "m",
            new ConsumerMemberMetadata(null, null, "c", "h", Set.of("t"), null, 300, "range"));
    assertThat(RecordBytes.hex(ConsumerGroupRecordCodec.FORMAT.value(record)))
        .isEqualTo(
            "0000"
                + "00"
                + "00"
                + "0263"
                + "0268"
                + "02"
                + "0274"
                + "00"
                + "0000012c"
                + "0672616e6765"
                + "00");
  }

  @Property(tries = 2000)
  void anyBytesAreARecordOrARefusal(
      @ForAll @Size(max = 60) byte[] key, @ForAll @Size(max = 80) byte[] value) {
    RecordBytes.assertReadOrRefused(
        ConsumerGroupRecordCodec.FORMAT, 3 + key.length % 6, key, value);
  }
}
