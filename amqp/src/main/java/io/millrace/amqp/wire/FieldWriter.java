package io.millrace.amqp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Strings and tables as they are written; see {@link Fields}. */
public final class FieldWriter {

  private static final int MAX_SHORT_BYTES = 255;

  private FieldWriter() {}

  /** A text, cut to 255 bytes at the end of a character. */
  public static void shortText(ByteBuf out, String text) {
    int at = out.writerIndex();
    out.writeByte(0);
    int length = ByteBufUtil.writeUtf8(out, text);
    if (length > MAX_SHORT_BYTES) {
      length = MAX_SHORT_BYTES;
      while ((out.getByte(at + 1 + length) & 0xc0) == 0x80) {
        length--;
      }
      out.writerIndex(at + 1 + length);
    }
    out.setByte(at, length);
  }

  /** A text with its length in 32 bits. */
  public static void longText(ByteBuf out, String text) {
    int at = out.writerIndex();
    out.writeInt(0);
    out.setInt(at, ByteBufUtil.writeUtf8(out, text));
  }

  /** A table. */
  public static void table(ByteBuf out, Map<?, ?> table) {
    int at = out.writerIndex();
    out.writeInt(0);
    for (Map.Entry<?, ?> each : table.entrySet()) {
      shortText(out, String.valueOf(each.getKey()));
      value(out, each.getValue());
    }
    out.setInt(at, out.writerIndex() - at - 4);
  }

  private static void value(ByteBuf out, @Nullable Object value) {
    switch (value) {
      case null -> out.writeByte('V');
      case Boolean truth -> out.writeByte('t').writeBoolean(truth);
      case Byte number -> out.writeByte('b').writeByte(number);
      case Short number -> out.writeByte('s').writeShort(number);
      case Integer number -> out.writeByte('I').writeInt(number);
      case Long number -> out.writeByte('l').writeLong(number);
      case Float number -> out.writeByte('f').writeFloat(number);
      case Double number -> out.writeByte('d').writeDouble(number);
      case BigDecimal number ->
          out.writeByte('D').writeByte(number.scale()).writeInt(number.unscaledValue().intValue());
      case Instant time -> out.writeByte('T').writeLong(time.getEpochSecond());
      case byte[] bytes -> out.writeByte('x').writeInt(bytes.length).writeBytes(bytes);
      case List<?> list -> {
        out.writeByte('A');
        int at = out.writerIndex();
        out.writeInt(0);
        for (Object each : list) {
          value(out, each);
        }
        out.setInt(at, out.writerIndex() - at - 4);
      }
      case Map<?, ?> table -> {
        out.writeByte('F');
        table(out, table);
      }
      default -> {
        byte[] text = String.valueOf(value).getBytes(UTF_8);
        out.writeByte('S').writeInt(text.length).writeBytes(text);
      }
    }
  }
}
