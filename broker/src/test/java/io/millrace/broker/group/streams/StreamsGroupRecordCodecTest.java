package io.millrace.broker.group.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.MemberState;
import io.millrace.broker.group.member.RecordBytes;
import io.millrace.broker.group.streams.StreamsGroupRecord.Current;
import io.millrace.broker.group.streams.StreamsGroupRecord.Forgotten;
import io.millrace.broker.group.streams.StreamsGroupRecord.GroupEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Member;
import io.millrace.broker.group.streams.StreamsGroupRecord.Target;
import io.millrace.broker.group.streams.StreamsGroupRecord.TargetEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Topology;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StreamsGroupRecordCodecTest {

  private static final TaskId TASK = new TaskId("0", 3);
  private static final TaskId OTHER = new TaskId("1", 0);

  @Test
  void recordsAreReadAsTheyWereWritten() {
    Tasks tasks = new Tasks(Set.of(TASK), Set.of(OTHER), Set.of(new TaskId("1", 2)));
    List<StreamsGroupRecord> records =
        List.of(
            new GroupEpoch("g", 7, -5, 2, Map.of("num.standby.replicas", "1")),
            new GroupEpoch("g", 7, -5, -1, Map.of()),
            new Member(
                "g",
                "m",
                new StreamsMemberMetadata(
                    "i", "r", "c", "h", 300, 1, "p", new Endpoint("a", 65535), Map.of("z", "1"))),
            new Member(
                "g",
                "m",
                new StreamsMemberMetadata(null, null, "", "", 300, 0, "p", null, Map.of())),
            new Topology("g", Topologies.counting(3)),
            new Topology("g", Topologies.joining(0)),
            new TargetEpoch("g", 7, 2000),
            new Target("g", "m", tasks),
            new Current(
                "g",
                "m",
                new CurrentAssignment<>(
                    7,
                    6,
                    MemberState.UNREVOKED_PARTITIONS,
                    tasks,
                    new Tasks(Set.of(new TaskId("0", 4)), Set.of(), Set.of())),
                Map.of(TASK, 5, new TaskId("0", 4), 6)),
            new Forgotten("g", Kind.GROUP, null),
            new Forgotten("g", Kind.TOPOLOGY, null),
            new Forgotten("g", Kind.CURRENT, "m"));
    RecordBytes.assertReadBack(StreamsGroupRecordCodec.FORMAT, records);
  }

  /** The bytes that Kafka's schema gives (StreamsGroupCurrentMemberAssignment 22). */
  @Test
  void anAssignmentIsWrittenAsKafkaWritesIt() {
    Current record =
        new Current(
            "g",
            "m",
            new CurrentAssignment<>(
                5,
                4,
                MemberState.STABLE,
                new Tasks(Set.of(TASK), Set.of(OTHER), Set.of()),
                Tasks.NONE),
            Map.of(TASK, 2));
    assertThat(RecordBytes.hex(StreamsGroupRecordCodec.FORMAT.key(record)))
        .isEqualTo("0016" + "000167" + "00016d");
    assertThat(RecordBytes.hex(StreamsGroupRecordCodec.FORMAT.value(record)))
        .isEqualTo(
            "0000" // version
                + "00000005"
                + "00000004"
                + "01" // stable
                + "02" // active tasks of one subtopology
                + "0230"
                + "02"
                + "00000003"
                + "0100050200000002" // one tagged field: the epochs
                + "02" // standby tasks of one subtopology
                + "0231"
                + "02"
                + "00000000"
                + "00"
                + "01" // no warm-up tasks, nothing to revoke
                + "01"
                + "01"
                + "01"
                + "00");
  }

  /** The bytes that Kafka's schema gives (StreamsGroupMetadata 17). */
  @Test
  void anEpochIsWrittenAsKafkaWritesIt() {
    GroupEpoch record = new GroupEpoch("g", 2, 1, 0, Map.of("a", "b"));
    assertThat(RecordBytes.hex(StreamsGroupRecordCodec.FORMAT.key(record)))
        .isEqualTo("0011" + "000167");
    assertThat(RecordBytes.hex(StreamsGroupRecordCodec.FORMAT.value(record)))
        .isEqualTo(
            "0000"
                + "00000002"
                + "0000000000000001"
                + "02" // two tagged fields
                + "000400000000" // the validated topology epoch
                + "0106" // the settings
                + "0202610262"
                + "00");
  }

  @Property(tries = 2000)
  void anyBytesAreARecordOrARefusal(
      @ForAll @Size(max = 60) byte[] key, @ForAll @Size(max = 120) byte[] value) {
    RecordBytes.assertReadOrRefused(
        StreamsGroupRecordCodec.FORMAT, 17 + key.length % 7, key, value);
  }
}
