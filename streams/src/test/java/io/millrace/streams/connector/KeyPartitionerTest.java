package io.millrace.streams.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hashes are those of Kafka's own client, by its own tests. */
class KeyPartitionerTest {

  @ParameterizedTest
  @CsvSource({
    "21, -973932308",
    "foobar, -790332482",
    "a-little-bit-long-string, -985981536",
    "a-little-bit-longer-string, -1486304829",
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
    "abc, 479470107"
  })
  void putsAKeyWhereKafkasClientsPutIt(String key, int hash) {
    ByteBuffer bytes = ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
    assertThat(KeyPartitioner.murmur2(bytes)).isEqualTo(hash);
    assertThat(KeyPartitioner.partition(bytes, 6)).isEqualTo((hash & Integer.MAX_VALUE) % 6);
  }
}
