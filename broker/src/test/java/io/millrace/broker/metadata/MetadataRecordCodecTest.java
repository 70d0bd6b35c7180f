package io.millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaGone;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaRecord;
import io.millrace.broker.metadata.MetadataRecord.Leadership;
import io.millrace.broker.metadata.MetadataRecord.ProducerIdsReserved;
import io.millrace.broker.metadata.MetadataRecord.TopicGone;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class MetadataRecordCodecTest {

  private static MetadataRecord again(MetadataRecord record) {
    return MetadataRecordCodec.decode(
        MetadataRecordCodec.key(record), MetadataRecordCodec.value(record));
  }

  @Property(tries = 200)
  void aTopicIsReadAsItWasWritten(
      @ForAll @StringLength(max = 249) String name,
      @ForAll @IntRange(min = 1) int partitions,
      @ForAll boolean internal,
      @ForAll boolean deleting,
      @ForAll @StringLength(max = 300) String setting) {
    String valid = readable(name);
    TopicRecord topic =
        new TopicRecord(
            UUID.randomUUID(),
            valid,
            partitions,
            internal,
            deleting,
            Map.of("a", readable(setting)));
    assertThat(again(topic)).isEqualTo(topic);
    assertThat(again(new TopicGone(topic.id()))).isEqualTo(new TopicGone(topic.id()));
  }

  /** Halves of a pair are no text, and become question marks in UTF-8. */
  private static String readable(String text) {
    return text.replaceAll("[\\ud800-\\udfff]", "x");
  }

  @Property(tries = 100)
  void numbersAreReadAsTheyWereWritten(
      @ForAll long next, @ForAll int epoch, @ForAll boolean clean) {
    assertThat(again(new ProducerIdsReserved(next))).isEqualTo(new ProducerIdsReserved(next));
    assertThat(again(new Leadership(epoch, clean))).isEqualTo(new Leadership(epoch, clean));
  }

  @Property(tries = 200)
  void aClientQuotaIsReadAsItWasWritten(
      @ForAll @StringLength(max = 100) String name, @ForAll QuotaKey key, @ForAll double limit) {
    String valid = readable(name);
    for (ClientQuotaEntity entity :
        List.of(
            ClientQuotaEntity.ofUser(valid),
            ClientQuotaEntity.ofClient(valid),
            ClientQuotaEntity.of(valid, ClientQuotaEntity.DEFAULT),
            ClientQuotaEntity.ofIp(valid))) {
      ClientQuotaRecord quota = new ClientQuotaRecord(entity, Map.of(key, limit));
      assertThat(again(quota)).isEqualTo(quota);
      assertThat(again(new ClientQuotaGone(entity))).isEqualTo(new ClientQuotaGone(entity));
    }
    ClientMetricsRecord subscription = new ClientMetricsRecord(valid, Map.of("metrics", valid));
    assertThat(again(subscription)).isEqualTo(subscription);
    assertThat(again(new ClientMetricsGone(valid))).isEqualTo(new ClientMetricsGone(valid));
  }

  @Property(tries = 2000)
  void anyBytesAreARecordOrRefusedInOneWay(
      @ForAll @Size(max = 40) byte[] key, @ForAll @Size(max = 80) byte[] value) {
    if (key.length > 0) {
      key[0] = (byte) (key[0] & 0x13);
    }
    if (value.length > 0) {
      value[0] = 1;
    }
    try {
      assertThat(MetadataRecordCodec.decode(ByteBuffer.wrap(key), ByteBuffer.wrap(value)))
          .isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
