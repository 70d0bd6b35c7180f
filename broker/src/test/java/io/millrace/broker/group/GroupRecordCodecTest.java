package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupRecord.GenerationStored;
import io.millrace.broker.group.GroupRecord.GroupForgotten;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetForgotten;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.broker.topic.TopicPartition;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GroupRecordCodecTest {

  private static final GenerationStored GENERATION =
      new GenerationStored(
          "g",
          "consumer",
          3,
          "range",
          "m",
          9,
          List.of(
              new StoredMember(
                  "m", null, "c", "/h", 1000, 500, new byte[] {1, 2}, new byte[] {3})));

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  private static GroupRecord again(GroupRecord record) {
    GroupRecord read =
        GroupRecordCodec.decode(GroupRecordCodec.key(record), GroupRecordCodec.value(record));
    if (read == null) {
      throw new AssertionError("it is not known");
    }
    return read;
  }

  /** The bytes that Kafka's own schemas give (OffsetCommitKey 1, OffsetCommitValue 3). */
  @Test
  void anOffsetIsWrittenAsKafkaWritesIt() {
    OffsetCommitted record =
        new OffsetCommitted("g", new TopicPartition("t", 5), new CommittedOffset(42, 7, "x", 1000));
    assertThat(hex(GroupRecordCodec.key(record)))
        .isEqualTo("0001" + "000167" + "000174" + "00000005");
    ByteBuffer value = GroupRecordCodec.value(record);
    assertThat(value).isNotNull();
    assertThat(hex(value == null ? ByteBuffer.allocate(0) : value))
        .isEqualTo("0003" + "000000000000002a" + "00000007" + "000178" + "00000000000003e8");
    assertThat(again(record)).isEqualTo(record);
  }

  /** As above (GroupMetadataKey 2, GroupMetadataValue 3). */
  @Test
  void aGenerationIsWrittenAsKafkaWritesIt() {
    assertThat(hex(GroupRecordCodec.key(GENERATION))).isEqualTo("0002" + "000167");
    ByteBuffer value = GroupRecordCodec.value(GENERATION);
    assertThat(hex(value == null ? ByteBuffer.allocate(0) : value))
        .isEqualTo(
            "0003"
                + "0008636f6e73756d6572"
                + "00000003"
                + "000572616e6765"
                + "00016d"
                + "0000000000000009"
                + "00000001"
                + "00016d"
                + "ffff"
                + "000163"
                + "00022f68"
                + "000003e8"
                + "000001f4"
                + "000000020102"
                + "0000000103");
  }

  @Test
  void tombstonesAreReadAsSuch() {
    assertThat(again(new GroupForgotten("g"))).isEqualTo(new GroupForgotten("g"));
    OffsetForgotten gone = new OffsetForgotten("g", new TopicPartition("t", 1));
    assertThat(again(gone)).isEqualTo(gone);
  }

  @Property(tries = 2000)
  void anyBytesAreARecordOrRefusedInOneWay(
      @ForAll boolean group, @ForAll @Size(max = 120) byte[] value) {
    ByteBuffer key =
        GroupRecordCodec.key(
            group ? GENERATION : new OffsetForgotten("g", new TopicPartition("t", 1)));
    if (value.length > 1) {
      value[0] = 0;
      value[1] = 3;
    }
    try {
      GroupRecord unused = GroupRecordCodec.decode(key, ByteBuffer.wrap(value));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
