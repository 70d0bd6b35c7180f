package io.millrace.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class RepeatedTextTest {

  private final RepeatedText text = new RepeatedText();

  private static ByteBuf written(String value) {
    ByteBuf out = Unpooled.buffer();
    FieldWriter.shortText(out, value);
    return out.writeByte('!');
  }

  private String read(String value) {
    ByteBuf in = written(value);
    String read = text.read(in);
    assertThat(in.readableBytes()).as("left after %s", value).isEqualTo(1);
    return read;
  }

  @Test
  void everyTextIsReadAndARepeatedOneIsTheSameObject() {
    assertThat(read("")).isEmpty();
    String first = read("orders.eu");
    assertThat(first).isEqualTo("orders.eu");
    assertThat(read("orders.eu")).isSameAs(first);
    assertThat(read("orders.us")).isEqualTo("orders.us");
    assertThat(read("größe")).isEqualTo("größe");
    assertThat(read("")).isEmpty();
  }

  @Test
  void aTextThatIsCutOffIsRefusedAlsoWhenItBeginsLikeTheLastOne() {
    String unused = read("orders.eu");
    ByteBuf cut = Unpooled.buffer().writeByte(9).writeByte('o').writeByte('r');
    assertThatThrownBy(() -> text.read(cut)).isInstanceOf(AmqpException.class);
  }

  @Test
  void propertiesThatAreTheSameAreTheSameObject() {
    ByteBuf bytes = Unpooled.buffer().writeShort(1 << 12).writeByte(2);
    BasicProperties first = BasicProperties.read(bytes.duplicate());
    assertThat(BasicProperties.read(bytes.duplicate(), first)).isSameAs(first);
    ByteBuf other = Unpooled.buffer().writeShort(1 << 12).writeByte(1);
    assertThat(BasicProperties.read(other, first).persistent()).isFalse();
  }
}
