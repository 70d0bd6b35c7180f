package io.millrace.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import io.millrace.kafka.wire.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.ShortRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;

/** What Kafka's own client library writes, the decoder reads, in every version served. */
class FetchRequestDecoderTest {

  private static final short FIRST_FLEXIBLE = 12;

  @Property(tries = 300)
  void readsWhatKafkasClientWrites(
      @ForAll("requests") FetchRequestData request,
      @ForAll @ShortRange(min = 4, max = 18) short version) {
    FetchRequestData written = sayable(request, version);
    ByteBuf bytes = WireBytes.of(written, version);

    FetchRequest read =
        FetchRequestDecoder.decode(new RequestReader(bytes, version >= FIRST_FLEXIBLE), version);

    assertThat(bytes.isReadable()).isFalse();
    assertThat(read.maxWaitMillis()).isEqualTo(written.maxWaitMs());
    assertThat(read.minBytes()).isEqualTo(written.minBytes());
    assertThat(read.maxBytes()).isEqualTo(written.maxBytes());
    assertThat(read.readCommitted()).isEqualTo(written.isolationLevel() == 1);
    assertThat(read.sessionId()).isEqualTo(written.sessionId());
    assertThat(read.sessionEpoch()).isEqualTo(written.sessionEpoch());
    assertThat(read.partitions())
        .usingElementComparator(FetchRequestDecoderTest::sameInAllFields)
        .containsExactlyElementsOf(partitions(written, version));
    assertThat(read.forgotten()).containsExactlyElementsOf(forgotten(written, version));
  }

  @Property(tries = 1000)
  void saysWhatIsWrongWithDamagedRequests(
      @ForAll("requests") FetchRequestData written,
      @ForAll @ShortRange(min = 4, max = 18) short version,
      @ForAll Random random) {
    ByteBuf bytes = WireBytes.of(sayable(written, version), version);
    WireBytes.damage(bytes, random);

    try {
      FetchRequest unused =
          FetchRequestDecoder.decode(new RequestReader(bytes, version >= FIRST_FLEXIBLE), version);
    } catch (MalformedRequestException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  private static FetchRequestData sayable(FetchRequestData request, short version) {
    FetchRequestData sayable = request.duplicate();
    if (version < 7) {
      sayable.setSessionId(0).setSessionEpoch(-1).setForgottenTopicsData(List.of());
    }
    return sayable;
  }

  private static int sameInAllFields(FetchPartition one, FetchPartition other) {
    boolean same =
        one.equals(other)
            && one.offset() == other.offset()
            && one.maxBytes() == other.maxBytes()
            && one.leaderEpoch() == other.leaderEpoch();
    return same ? 0 : 1;
  }

  private static List<FetchPartition> partitions(FetchRequestData written, short version) {
    List<FetchPartition> all = new ArrayList<>();
    for (FetchTopic topic : written.topics()) {
      for (FetchRequestData.FetchPartition partition : topic.partitions()) {
        all.add(
            new FetchPartition(
                version < 13 ? topic.topic() : null,
                version < 13 ? null : uuid(topic.topicId()),
                partition.partition(),
                version >= 9 ? partition.currentLeaderEpoch() : -1,
                partition.fetchOffset(),
                partition.partitionMaxBytes()));
      }
    }
    return all;
  }

  private static List<FetchPartition> forgotten(FetchRequestData written, short version) {
    List<FetchPartition> all = new ArrayList<>();
    for (ForgottenTopic topic : written.forgottenTopicsData()) {
      for (int partition : topic.partitions()) {
        all.add(
            new FetchPartition(
                version < 13 ? topic.topic() : null,
                version < 13 ? null : uuid(topic.topicId()),
                partition,
                -1,
                0,
                0));
      }
    }
    return all;
  }

  private static UUID uuid(Uuid id) {
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  @Provide
  Arbitrary<FetchRequestData> requests() {
    Arbitrary<String> names = Arbitraries.strings().ofMaxLength(40);
    Arbitrary<Uuid> ids =
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Uuid::new);
    Arbitrary<FetchRequestData.FetchPartition> partitions =
        Combinators.combine(
                Arbitraries.integers().between(0, 10_000),
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.integers(),
                Arbitraries.integers())
            .as(
                (index, offset, maxBytes, epoch) ->
                    new FetchRequestData.FetchPartition()
                        .setPartition(index)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(maxBytes)
                        .setCurrentLeaderEpoch(epoch));
    Arbitrary<FetchTopic> topics =
        Combinators.combine(names, ids, partitions.list().ofMaxSize(4))
            .as(
                (name, id, list) ->
                    new FetchTopic().setTopic(name).setTopicId(id).setPartitions(list));
    Arbitrary<ForgottenTopic> forgotten =
        Combinators.combine(names, ids, Arbitraries.integers().list().ofMaxSize(4))
            .as(
                (name, id, list) ->
                    new ForgottenTopic().setTopic(name).setTopicId(id).setPartitions(list));
    return Combinators.combine(
            topics.list().ofMaxSize(4),
            forgotten.list().ofMaxSize(3),
            Arbitraries.integers(),
            Arbitraries.integers(),
            Arbitraries.integers(),
            Arbitraries.of((byte) 0, (byte) 1),
            Arbitraries.integers())
        .as(
            (topicList, forgottenList, wait, min, max, isolation, session) ->
                new FetchRequestData()
                    .setMaxWaitMs(wait)
                    .setMinBytes(min)
                    .setMaxBytes(max)
                    .setIsolationLevel(isolation)
                    .setSessionId(session)
                    .setSessionEpoch(session)
                    .setTopics(topicList)
                    .setForgottenTopicsData(forgottenList));
  }
}
