package io.millrace.broker.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comparing the arguments of declarations and the headers of messages by what they mean. */
public final class Arguments {

  private Arguments() {}

  /** Whether two values are the same, where whole numbers of any width are compared by value. */
  public static boolean same(@Nullable Object one, @Nullable Object other) {
    if (one instanceof Number a && other instanceof Number b) {
      if (isWhole(a) && isWhole(b)) {
        return a.longValue() == b.longValue();
      }
      return Double.compare(a.doubleValue(), b.doubleValue()) == 0;
    }
    if (one instanceof byte[] a && other instanceof byte[] b) {
      return Arrays.equals(a, b);
    }
    if (one instanceof List<?> a && other instanceof List<?> b) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
      return same(a, b);
    }
    return Objects.equals(one, other);
  }

  private static boolean same(Map<?, ?> one, Map<?, ?> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (Map.Entry<?, ?> each : one.entrySet()) {
      if (!other.containsKey(each.getKey()) || !same(each.getValue(), other.get(each.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWhole(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte;
  }

  /** The value as RabbitMQ names it in messages about arguments that differ. */
  public static String describe(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case Boolean truth -> "the value '" + truth + "' of type 'bool'";
      case Byte number -> "the value '" + number + "' of type 'byte'";
      case Short number -> "the value '" + number + "' of type 'short'";
      case Integer number -> "the value '" + number + "' of type 'signedint'";
      case Long number -> "the value '" + number + "' of type 'long'";
      case String text -> "the value '" + text + "' of type 'longstr'";
      default -> "the value '" + value + "'";
    };
  }
}
