package io.millrace.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BasicPropertiesTest {

  /** As RabbitMQ's client writes them. */
  private static BasicProperties written(AMQP.BasicProperties properties) throws Exception {
    byte[] all = properties.toFrame(1, 0).getPayload();
    // Class, weight and size of the body come first.
    return BasicProperties.read(Unpooled.wrappedBuffer(all, 12, all.length - 12));
  }

  private static AMQP.BasicProperties.Builder full() {
    return new AMQP.BasicProperties.Builder()
        .contentType("a/b")
        .contentEncoding("gzip")
        .deliveryMode(2)
        .priority(9)
        .correlationId("c")
        .replyTo("r")
        .expiration("1000")
        .messageId("m")
        .timestamp(Date.from(Instant.ofEpochSecond(1000)))
        .type("t")
        .userId("guest")
        .appId("app");
  }

  @Test
  void everyTypeOfAHeaderIsRead() throws Exception {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("boolean", true);
    headers.put("byte", (byte) -3);
    headers.put("short", (short) -300);
    headers.put("int", 70_000);
    headers.put("long", 1L << 40);
    headers.put("float", 1.5f);
    headers.put("double", 2.5);
    headers.put("decimal", new BigDecimal("12.34"));
    headers.put("time", Date.from(Instant.ofEpochSecond(5)));
    headers.put("text", "ü");
    headers.put("bytes", new byte[] {1, 2});
    headers.put("list", List.of(1, "two"));
    headers.put("table", Map.of("inner", 1));
    headers.put("nothing", null);
    Map<String, Object> read = written(full().headers(headers).build()).headers();
    assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(headers.keySet());
    assertThat(read)
        .containsEntry("byte", (byte) -3)
        .containsEntry("short", (short) -300)
        .containsEntry("int", 70_000)
        .containsEntry("long", 1L << 40)
        .containsEntry("float", 1.5f)
        .containsEntry("double", 2.5)
        .containsEntry("decimal", new BigDecimal("12.34"))
        .containsEntry("time", Instant.ofEpochSecond(5))
        .containsEntry("text", "ü")
        .containsEntry("list", Arrays.asList(1, "two"))
        .containsEntry("table", Map.of("inner", 1))
        .containsEntry("nothing", null);
    ByteBuf again = Unpooled.buffer();
    FieldWriter.table(again, read);
    assertThat(Fields.table(again).keySet()).isEqualTo(read.keySet());
  }

  @Test
  void otherHeadersTakeThePlaceOfThoseThatWereThere() throws Exception {
    for (boolean had : new boolean[] {true, false}) {
      BasicProperties before =
          written(had ? full().headers(Map.of("a", 1)).build() : full().build());
      BasicProperties after = before.with(Map.of("b", 2), true);
      assertThat(after.headers()).isEqualTo(Map.of("b", 2));
      assertThat(after.expirationMillis()).isEqualTo(-1);
      assertThat(after.persistent()).isTrue();
      assertThat(after.priority()).isEqualTo(9);
      assertThat(after.userId()).isEqualTo("guest");
      assertThat(before.expirationMillis()).isEqualTo(1000);
      assertThat(before.withReplyTo("elsewhere").replyTo()).isEqualTo("elsewhere");
      assertThat(before.withReplyTo("elsewhere").userId()).isEqualTo("guest");
    }
  }

  @Test
  void tablesThatNestTooDeeplyOrLieAboutTheirLengthAreRefused() {
    ByteBuf deep = Unpooled.buffer();
    int depth = 1000;
    for (int i = 0; i < depth; i++) {
      int left = (depth - i - 1) * 7;
      deep.writeInt(left).writeByte(1).writeByte('a').writeByte('F');
    }
    assertThatThrownBy(() -> Fields.table(deep)).isInstanceOf(AmqpException.class);
    ByteBuf lying = Unpooled.buffer().writeInt(0x7fff_ffff).writeByte(1);
    assertThatThrownBy(() -> Fields.table(lying))
        .isInstanceOf(AmqpException.class)
        .hasMessage("a field says it has 2147483647 bytes, and 1 are left");
    ByteBuf negative = Unpooled.buffer().writeInt(-1);
    assertThatThrownBy(() -> Fields.table(negative))
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("4294967295");
  }
}
