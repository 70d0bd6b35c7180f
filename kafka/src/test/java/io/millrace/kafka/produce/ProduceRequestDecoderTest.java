package io.millrace.kafka.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.produce.ProduceRequestDecoder.PartitionBatches;
import io.millrace.kafka.produce.ProduceRequestDecoder.ProduceRequest;
import io.millrace.kafka.produce.ProduceRequestDecoder.TopicBatches;
import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import io.millrace.kafka.wire.WireBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.ShortRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/** What Kafka's own client library writes, the decoder reads, in every version served. */
class ProduceRequestDecoderTest {

  private static final short FIRST_FLEXIBLE = 9;

  @Property(tries = 300)
  void readsWhatKafkasClientWrites(
      @ForAll("requests") ProduceRequestData written,
      @ForAll @ShortRange(min = 3, max = 13) short version) {
    ByteBuf bytes = WireBytes.of(written, version);

    ProduceRequest read =
        ProduceRequestDecoder.decode(new RequestReader(bytes, version >= FIRST_FLEXIBLE), version);

    assertThat(bytes.isReadable()).isFalse();
    assertThat(read.acks()).isEqualTo(written.acks());
    assertThat(read.transactionalId()).isEqualTo(written.transactionalId());
    assertThat(read.topics()).hasSameSizeAs(written.topicData());
    Iterator<TopicBatches> topics = read.topics().iterator();
    int partitions = 0;
    for (TopicProduceData expected : written.topicData()) {
      TopicBatches topic = topics.next();
      if (version >= 13) {
        assertThat(topic.name()).isNull();
        assertThat(topic.id())
            .isEqualTo(
                new java.util.UUID(
                    expected.topicId().getMostSignificantBits(),
                    expected.topicId().getLeastSignificantBits()));
      } else {
        assertThat(topic.name()).isEqualTo(expected.name());
        assertThat(topic.id()).isNull();
      }
      assertThat(topic.partitions()).hasSameSizeAs(expected.partitionData());
      for (int i = 0; i < topic.partitions().size(); i++) {
        sameBatches(bytes, topic.partitions().get(i), expected.partitionData().get(i));
        partitions++;
      }
    }
    assertThat(read.partitions()).isEqualTo(partitions);
  }

  private static void sameBatches(
      ByteBuf frame, PartitionBatches read, PartitionProduceData written) {
    assertThat(read.index()).isEqualTo(written.index());
    if (written.records() == null) {
      assertThat(read.length()).isEqualTo(-1);
      return;
    }
    ByteBuffer expected = ((MemoryRecords) written.records()).buffer();
    assertThat(frame.nioBuffer(read.start(), read.length())).isEqualTo(expected);
  }

  @Property(tries = 1000)
  void saysWhatIsWrongWithDamagedRequests(
      @ForAll("requests") ProduceRequestData written,
      @ForAll @ShortRange(min = 3, max = 13) short version,
      @ForAll Random random) {
    ByteBuf bytes = WireBytes.of(written, version);
    WireBytes.damage(bytes, random);

    try {
      ProduceRequest unused =
          ProduceRequestDecoder.decode(
              new RequestReader(bytes, version >= FIRST_FLEXIBLE), version);
    } catch (MalformedRequestException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  @Test
  void refusesACountThatTheFrameCannotHold() {
    ByteBuf bytes = WireBytes.of(request(List.of()), (short) 8);
    bytes.setInt(bytes.writerIndex() - 4, Integer.MAX_VALUE);

    assertThatThrownBy(
            () -> ProduceRequestDecoder.decode(new RequestReader(bytes, false), (short) 8))
        .isInstanceOf(MalformedRequestException.class)
        .hasMessageContaining("2147483647");
  }

  @Provide
  Arbitrary<ProduceRequestData> requests() {
    Arbitrary<byte[]> records = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    Arbitrary<PartitionProduceData> partitions =
        Combinators.combine(Arbitraries.integers().between(-1, 10_000), records.injectNull(0.1))
            .as(
                (index, bytes) ->
                    new PartitionProduceData()
                        .setIndex(index)
                        .setRecords(
                            bytes == null
                                ? null
                                : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes))));
    Arbitrary<TopicProduceData> topics =
        Combinators.combine(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.longs(),
                Arbitraries.longs(),
                partitions.list().ofMaxSize(4))
            .as(
                (name, high, low, list) ->
                    new TopicProduceData()
                        .setName(name)
                        .setTopicId(new Uuid(high, low))
                        .setPartitionData(list));
    return Combinators.combine(
            topics.list().ofMaxSize(4),
            Arbitraries.of((short) -1, (short) 0, (short) 1),
            Arbitraries.strings().ofMaxLength(20).injectNull(0.5))
        .as(
            (list, acks, transaction) ->
                request(list).setAcks(acks).setTransactionalId(transaction));
  }

  private static ProduceRequestData request(List<TopicProduceData> topics) {
    ProduceRequestData request = new ProduceRequestData();
    // The collection is keyed by name and id: of twins only the first is sent.
    topics.forEach(topic -> request.topicData().add(topic.duplicate()));
    return request;
  }
}
