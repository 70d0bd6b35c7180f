package io.millrace.amqp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strings and tables as they are read. Types of values, by RabbitMQ's errata: {@code t} truth,
 * {@code b B s u I i l f d D} numbers, {@code T} time, {@code S x} text and bytes, {@code A F}
 * lists and tables, {@code V} nothing.
 */
public final class Fields {

  /** How deep tables and lists may be nested. */
  static final int MAX_DEPTH = 64;

  private Fields() {}

  /** A text of up to 255 bytes. */
  public static String shortText(ByteBuf in) {
    int length = need(in, 1).readUnsignedByte();
    return in.readCharSequence(need(in, length, length), UTF_8).toString();
  }

  /** A text or bytes of up to what is left of the frame. */
  public static byte[] longBytes(ByteBuf in) {
    byte[] bytes = new byte[length(in)];
    in.readBytes(bytes);
    return bytes;
  }

  /** As {@link #longBytes}, as text. */
  public static String longText(ByteBuf in) {
    return in.readCharSequence(length(in), UTF_8).toString();
  }

  /** Bits that methods pack into one byte. */
  public static int bits(ByteBuf in) {
    return need(in, 1).readUnsignedByte();
  }

  /** An unsigned number of 16 bits. */
  public static int unsignedShort(ByteBuf in) {
    return need(in, 2).readUnsignedShort();
  }

  /** A number of 32 bits. */
  public static int number(ByteBuf in) {
    return need(in, 4).readInt();
  }

  /** A number of 64 bits. */
  public static long longNumber(ByteBuf in) {
    return need(in, 8).readLong();
  }

  /** A table. */
  public static Map<String, Object> table(ByteBuf in) {
    return table(in, MAX_DEPTH);
  }

  private static Map<String, Object> table(ByteBuf in, int depth) {
    int end = nested(in, depth);
    if (in.readerIndex() == end) {
      return Map.of();
    }
    Map<String, Object> table = new LinkedHashMap<>();
    while (in.readerIndex() < end) {
      String name = shortText(in);
      Object value = value(in, depth - 1);
      // Nothing is a value too; it stands for "whatever it is" in the arguments of a binding.
      putNullable(table, name, value);
    }
    checkEnd(in, end);
    return table;
  }

  @SuppressWarnings("NullAway") // The value of a table may be nothing.
  private static void putNullable(Map<String, Object> table, String name, @Nullable Object value) {
    table.put(name, value);
  }

  private static @Nullable Object value(ByteBuf in, int depth) {
    byte type = need(in, 1).readByte();
    return switch (type) {
      case 't' -> need(in, 1).readByte() != 0;
      case 'b' -> need(in, 1).readByte();
      case 'B' -> need(in, 1).readUnsignedByte();
      case 's' -> need(in, 2).readShort();
      case 'u' -> need(in, 2).readUnsignedShort();
      case 'I' -> need(in, 4).readInt();
      case 'i' -> need(in, 4).readUnsignedInt();
      case 'l' -> need(in, 8).readLong();
      case 'f' -> need(in, 4).readFloat();
      case 'd' -> need(in, 8).readDouble();
      case 'D' -> {
        int scale = need(in, 1).readUnsignedByte();
        yield new BigDecimal(BigInteger.valueOf(need(in, 4).readInt()), scale);
      }
      case 'T' -> Instant.ofEpochSecond(epochSecond(need(in, 8).readLong()));
      case 'S' -> longText(in);
      case 'x' -> longBytes(in);
      case 'A' -> list(in, depth);
      case 'F' -> table(in, depth);
      case 'V' -> null;
      default -> throw AmqpException.syntax("a field value is of the unknown type " + type);
    };
  }

  private static long epochSecond(long sent) {
    if (sent < Instant.MIN.getEpochSecond() || sent > Instant.MAX.getEpochSecond()) {
      throw AmqpException.syntax("a time is " + sent + " seconds after 1970");
    }
    return sent;
  }

  private static List<Object> list(ByteBuf in, int depth) {
    int end = nested(in, depth);
    List<Object> list = new ArrayList<>();
    while (in.readerIndex() < end) {
      Object value = value(in, depth - 1);
      addNullable(list, value);
    }
    checkEnd(in, end);
    return list;
  }

  @SuppressWarnings("NullAway") // As in a table.
  private static void addNullable(List<Object> list, @Nullable Object value) {
    list.add(value);
  }

  /** Steps over a table, checking all of it, without an object. */
  static void skipTable(ByteBuf in, int depth) {
    int end = nested(in, depth);
    while (in.readerIndex() < end) {
      int name = need(in, 1).readUnsignedByte();
      skip(in, name);
      skipValue(in, depth - 1);
    }
    checkEnd(in, end);
  }

  private static void skipValue(ByteBuf in, int depth) {
    byte type = need(in, 1).readByte();
    switch (type) {
      case 't', 'b', 'B' -> skip(in, 1);
      case 's', 'u' -> skip(in, 2);
      case 'I', 'i', 'f' -> skip(in, 4);
      case 'l', 'd' -> skip(in, 8);
      case 'T' -> {
        long unused = epochSecond(need(in, 8).readLong());
      }
      case 'D' -> skip(in, 5);
      case 'S', 'x' -> skip(in, length(in));
      case 'A' -> {
        int end = nested(in, depth);
        while (in.readerIndex() < end) {
          skipValue(in, depth - 1);
        }
        checkEnd(in, end);
      }
      case 'F' -> skipTable(in, depth);
      case 'V' -> {
        // Nothing follows.
      }
      default -> throw AmqpException.syntax("a field value is of the unknown type " + type);
    }
  }

  /** Steps over bytes. */
  static void skip(ByteBuf in, int bytes) {
    need(in, bytes).skipBytes(bytes);
  }

  private static int nested(ByteBuf in, int depth) {
    if (depth <= 0) {
      throw AmqpException.syntax("tables are nested deeper than " + MAX_DEPTH);
    }
    return in.readerIndex() + length(in) + 4;
  }

  private static void checkEnd(ByteBuf in, int end) {
    if (in.readerIndex() != end) {
      throw AmqpException.syntax("a table or list is longer than it says");
    }
  }

  /** A length of 32 bits, of something that is there. */
  private static int length(ByteBuf in) {
    int at = in.readerIndex();
    int length = need(in, 4).readInt();
    if (length < 0 || length > in.readableBytes()) {
      in.readerIndex(at);
      throw AmqpException.syntax(
          "a field says it has "
              + Integer.toUnsignedString(length)
              + " bytes, and "
              + (in.readableBytes() - 4)
              + " are left");
    }
    return length;
  }

  private static ByteBuf need(ByteBuf in, int bytes) {
    int unused = need(in, bytes, bytes);
    return in;
  }

  private static int need(ByteBuf in, int bytes, int result) {
    if (in.readableBytes() < bytes) {
      throw AmqpException.syntax("a frame ends inside a field");
    }
    return result;
  }
}
