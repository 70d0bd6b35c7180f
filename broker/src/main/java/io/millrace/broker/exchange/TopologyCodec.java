package io.millrace.broker.exchange;

import static io.millrace.broker.journal.RecordFields.bytes;
import static io.millrace.broker.journal.RecordFields.text;
import static io.millrace.broker.journal.RecordFields.write;

import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.exchange.TopologyEntry.Parameter;
import io.millrace.broker.exchange.TopologyEntry.QueueDefinition;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Topology entries as keys and values of the metadata log.
 *
 * <pre>
 *   key     kind u8: e, q, b or p · virtual host · name
 *           b: source · to exchange u8 · destination · routing key · arguments
 *           p: component · name
 *   value   e: type · flags u8 (1 auto-delete, 2 internal) · arguments
 *           q: id 16 bytes · topic · flags u8 (1 auto-delete, 2 borrowed topic)
 *              · partition i32, of a borrowed topic · arguments
 *           b: nothing
 *           p: value
 *   text    length i32 · UTF-8
 *   arguments   count i32 · name, value …
 *   value   tag u8 · what the tag says
 * </pre>
 */
public final class TopologyCodec {

  private static final int MAX_DEPTH = 32;
  private static final int AUTO_DELETE = 1;
  private static final int BORROWED = 2;

  private TopologyCodec() {}

  /** The bytes that identify the entry. */
  public static byte[] key(TopologyEntry entry) {
    return write(
        out -> {
          switch (entry) {
            case ExchangeDefinition exchange -> {
              out.writeByte('e');
              text(out, exchange.virtualHost());
              text(out, exchange.name());
            }
            case QueueDefinition queue -> {
              out.writeByte('q');
              text(out, queue.virtualHost());
              text(out, queue.name());
            }
            case Binding binding -> {
              out.writeByte('b');
              text(out, binding.virtualHost());
              text(out, binding.source());
              out.writeBoolean(binding.toExchange());
              text(out, binding.destination());
              text(out, binding.routingKey());
              map(out, binding.arguments());
            }
            case Parameter parameter -> {
              out.writeByte('p');
              text(out, parameter.virtualHost());
              text(out, parameter.component());
              text(out, parameter.name());
            }
          }
        });
  }

  /** The rest of the entry. */
  public static byte[] value(TopologyEntry entry) {
    return write(
        out -> {
          switch (entry) {
            case ExchangeDefinition exchange -> {
              text(out, exchange.type().label());
              out.writeByte((exchange.autoDelete() ? 1 : 0) | (exchange.internal() ? 2 : 0));
              map(out, exchange.arguments());
            }
            case QueueDefinition queue -> {
              out.writeLong(queue.id().getMostSignificantBits());
              out.writeLong(queue.id().getLeastSignificantBits());
              text(out, queue.topic());
              out.writeByte(
                  (queue.autoDelete() ? AUTO_DELETE : 0) | (queue.borrowed() ? BORROWED : 0));
              if (queue.borrowed()) {
                out.writeInt(queue.partition());
              }
              map(out, queue.arguments());
            }
            case Binding unused -> {
              // All of it is in the key.
            }
            case Parameter parameter -> value(out, parameter.value());
          }
        });
  }

  /**
   * The entry with that key; without a value all that its key does not hold is empty.
   *
   * @throws IllegalArgumentException when the bytes are no entry
   */
  public static TopologyEntry decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      byte kind = key.get();
      return switch (kind) {
        case 'e' -> exchange(text(key), text(key), value);
        case 'q' -> queue(text(key), text(key), value);
        case 'b' ->
            new Binding(
                text(key), text(key), key.get() != 0, text(key), text(key), map(key, MAX_DEPTH));
        case 'p' -> new Parameter(text(key), text(key), text(key), parameterValue(value));
        default -> throw new IllegalArgumentException("a topology entry is of kind " + kind);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a topology entry is cut short", e);
    }
  }

  private static ExchangeDefinition exchange(String host, String name, @Nullable ByteBuffer value) {
    if (value == null) {
      return new ExchangeDefinition(host, name, ExchangeType.DIRECT, true, false, false, Map.of());
    }
    String label = text(value);
    ExchangeType type = ExchangeType.of(label);
    if (type == null) {
      throw new IllegalArgumentException("exchange " + name + " is of unknown type " + label);
    }
    int flags = value.get();
    return new ExchangeDefinition(
        host, name, type, true, (flags & 1) != 0, (flags & 2) != 0, map(value, MAX_DEPTH));
  }

  private static Object parameterValue(@Nullable ByteBuffer bytes) {
    Object value = bytes == null ? null : value(bytes, MAX_DEPTH);
    return value == null ? "" : value;
  }

  private static QueueDefinition queue(String host, String name, @Nullable ByteBuffer value) {
    if (value == null) {
      return new QueueDefinition(host, name, new UUID(0, 0), "", false, Map.of());
    }
    UUID id = new UUID(value.getLong(), value.getLong());
    String topic = text(value);
    int flags = value.get();
    boolean borrowed = (flags & BORROWED) != 0;
    return new QueueDefinition(
        host,
        name,
        id,
        topic,
        borrowed ? value.getInt() : 0,
        borrowed,
        (flags & AUTO_DELETE) != 0,
        map(value, MAX_DEPTH));
  }

  private static void map(DataOutputStream out, Map<?, ?> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<?, ?> each : map.entrySet()) {
      text(out, String.valueOf(each.getKey()));
      value(out, each.getValue());
    }
  }

  private static void value(DataOutputStream out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeByte('V');
      case Boolean truth -> {
        out.writeByte('t');
        out.writeBoolean(truth);
      }
      case Byte number -> {
        out.writeByte('b');
        out.writeByte(number);
      }
      case Short number -> {
        out.writeByte('s');
        out.writeShort(number);
      }
      case Integer number -> {
        out.writeByte('I');
        out.writeInt(number);
      }
      case Long number -> {
        out.writeByte('l');
        out.writeLong(number);
      }
      case Float number -> {
        out.writeByte('f');
        out.writeFloat(number);
      }
      case Double number -> {
        out.writeByte('d');
        out.writeDouble(number);
      }
      case BigDecimal number -> {
        out.writeByte('D');
        out.writeInt(number.scale());
        bytes(out, number.unscaledValue().toByteArray());
      }
      case Instant time -> {
        out.writeByte('T');
        out.writeLong(time.getEpochSecond());
      }
      case byte[] bytes -> {
        out.writeByte('x');
        bytes(out, bytes);
      }
      case String text -> {
        out.writeByte('S');
        text(out, text);
      }
      case List<?> list -> {
        out.writeByte('A');
        out.writeInt(list.size());
        for (Object each : list) {
          value(out, each);
        }
      }
      case Map<?, ?> map -> {
        out.writeByte('F');
        map(out, map);
      }
      default ->
          throw new IllegalArgumentException("an argument is of the type " + value.getClass());
    }
  }

  private static Map<String, Object> map(ByteBuffer in, int depth) {
    int count = count(in, depth);
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = text(in);
      putNullable(map, name, value(in, depth - 1));
    }
    return map;
  }

  @SuppressWarnings("NullAway") // Nothing is a value too.
  private static void putNullable(Map<String, Object> map, String name, @Nullable Object value) {
    map.put(name, value);
  }

  private static int count(ByteBuffer in, int depth) {
    int count = in.getInt();
    if (depth <= 0 || count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private static @Nullable Object value(ByteBuffer in, int depth) {
    byte tag = in.get();
    return switch (tag) {
      case 'V' -> null;
      case 't' -> in.get() != 0;
      case 'b' -> in.get();
      case 's' -> in.getShort();
      case 'I' -> in.getInt();
      case 'l' -> in.getLong();
      case 'f' -> in.getFloat();
      case 'd' -> in.getDouble();
      case 'D' -> {
        int scale = in.getInt();
        yield new BigDecimal(new BigInteger(bytes(in)), scale);
      }
      case 'T' -> Instant.ofEpochSecond(in.getLong());
      case 'x' -> bytes(in);
      case 'S' -> text(in);
      case 'A' -> {
        int count = count(in, depth);
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          Object each = value(in, depth - 1);
          if (each != null) {
            list.add(each);
          }
        }
        yield list;
      }
      case 'F' -> map(in, depth);
      default -> throw new IllegalArgumentException("an argument has the unknown tag " + tag);
    };
  }
}
