package io.millrace.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a message by their names, such as {@code delivery_mode}, for those who neither
 * read nor write frames. Values are texts, but for {@code headers} (a map), {@code delivery_mode}
 * and {@code priority} (whole numbers from 0 to 255) and {@code timestamp} (an {@link Instant}).
 */
public final class PropertyFields {

  /** From the highest bit of the flags downwards (AMQP 0-9-1, 1.8.1). */
  private static final List<String> NAMES =
      List.of(
          "content_type",
          "content_encoding",
          "headers",
          "delivery_mode",
          "priority",
          "correlation_id",
          "reply_to",
          "expiration",
          "message_id",
          "timestamp",
          "type",
          "user_id",
          "app_id",
          "cluster_id");

  private static final int HIGHEST_BIT = 15;
  private static final int MOST_TEXT_BYTES = 255;

  private PropertyFields() {}

  /** All properties that a message has, in the order of the protocol. */
  public static Map<String, Object> read(BasicProperties properties) {
    ByteBuf in = Unpooled.wrappedBuffer(properties.encoded());
    int flags = Fields.unsignedShort(in);
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < NAMES.size(); i++) {
      if ((flags & (1 << (HIGHEST_BIT - i))) != 0) {
        String name = NAMES.get(i);
        fields.put(
            name,
            switch (name) {
              case "headers" -> Fields.table(in);
              case "delivery_mode", "priority" -> Fields.bits(in);
              case "timestamp" -> Instant.ofEpochSecond(Fields.longNumber(in));
              default -> Fields.shortText(in);
            });
      }
    }
    return fields;
  }

  /**
   * Properties of these values; other names are passed over.
   *
   * @throws IllegalArgumentException when a value is not of its property's type
   * @throws AmqpException for an expiration that is no number
   */
  public static BasicProperties write(Map<String, Object> fields) {
    ByteBuf out = Unpooled.buffer();
    int flags = 0;
    out.writeShort(0);
    for (int i = 0; i < NAMES.size(); i++) {
      String name = NAMES.get(i);
      Object value = fields.get(name);
      if (value != null) {
        flags |= 1 << (HIGHEST_BIT - i);
        write(out, name, value);
      }
    }
    out.setShort(0, flags);
    return BasicProperties.read(out);
  }

  private static void write(ByteBuf out, String name, Object value) {
    switch (name) {
      case "headers" -> {
        if (!(value instanceof Map<?, ?> table)) {
          throw wrong(name, value, "an object");
        }
        FieldWriter.table(out, table);
      }
      case "delivery_mode", "priority" -> {
        if (!(value instanceof Number number)
            || number.longValue() < 0
            || number.longValue() > MOST_TEXT_BYTES) {
          throw wrong(name, value, "a number from 0 to 255");
        }
        out.writeByte(number.intValue());
      }
      case "timestamp" -> {
        if (!(value instanceof Instant time)) {
          throw wrong(name, value, "a time");
        }
        out.writeLong(time.getEpochSecond());
      }
      default -> {
        if (!(value instanceof String text)) {
          throw wrong(name, value, "a text");
        }
        FieldWriter.shortText(out, text);
      }
    }
  }

  private static IllegalArgumentException wrong(String name, @Nullable Object value, String want) {
    return new IllegalArgumentException(
        "the property " + name + " is " + value + "; allowed: " + want);
  }
}
