package io.millrace.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;

/** No bytes make the decoders fail otherwise than by saying what is wrong. */
class WireFuzzTest {

  @FuzzTest
  void anyTable(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    try {
      Map<String, Object> table = Fields.table(in);
      ByteBuf out = Unpooled.buffer();
      FieldWriter.table(out, table);
      assertThat(Fields.table(out).keySet()).isEqualTo(table.keySet());
    } catch (AmqpException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }

  /** What is stepped over is what can be read, and the other way round. */
  @FuzzTest
  void steppingOverATableAgreesWithReadingIt(byte[] input) {
    assertThat(fails(() -> Fields.skipTable(Unpooled.wrappedBuffer(input), Fields.MAX_DEPTH)))
        .isEqualTo(fails(() -> Fields.table(Unpooled.wrappedBuffer(input))));
  }

  private static boolean fails(Runnable reading) {
    try {
      reading.run();
      return false;
    } catch (AmqpException refused) {
      return true;
    }
  }

  @FuzzTest
  void anyProperties(byte[] input) {
    try {
      BasicProperties properties = BasicProperties.read(Unpooled.wrappedBuffer(input));
      assertThat(properties.encoded()).isEqualTo(input);
      Map<String, Object> headers = properties.headers();
      BasicProperties without = properties.with(Map.of("x-death", "here"), true);
      assertThat(without.headers()).containsOnlyKeys("x-death");
      assertThat(without.expirationMillis()).isEqualTo(-1);
      assertThat(without.priority()).isEqualTo(properties.priority());
      assertThat(without.userId()).isEqualTo(properties.userId());
      assertThat(without.replyTo()).isEqualTo(properties.replyTo());
      assertThat(headers).isNotNull();
    } catch (AmqpException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }
}
