package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Row;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Functions of text. Positions count UTF-16 units, from 1. */
final class TextFunctions {

  /** The longest text that REPEAT and the pads may make, in UTF-16 units. */
  private static final int LONGEST = 1 << 20;

  private TextFunctions() {}

  static Evaluator compile(Expression.Call call, List<Operand> operands) {
    return switch (call.function()) {
      case CONCAT_WS -> new ConcatWithSeparator(operands);
      case LIKE -> like(call, operands);
      default -> Strict.boxed(operands, function(call.function()));
    };
  }

  private static Strict.BoxedFunction function(ScalarFunction function) {
    return switch (function) {
      case CONCAT -> TextFunctions::concat;
      case UPPER -> args -> text(args, 0).toUpperCase(Locale.ROOT);
      case LOWER -> args -> text(args, 0).toLowerCase(Locale.ROOT);
      case CHAR_LENGTH -> args -> (long) text(args, 0).length();
      case SUBSTRING -> TextFunctions::substring;
      case POSITION -> args -> text(args, 1).indexOf(text(args, 0)) + 1L;
      case TRIM -> args -> trim(text(args, 0), trimmed(args), true, true);
      case LTRIM -> args -> trim(text(args, 0), trimmed(args), true, false);
      case RTRIM -> args -> trim(text(args, 0), trimmed(args), false, true);
      case REPLACE -> args -> replace(text(args, 0), text(args, 1), text(args, 2));
      case LPAD -> args -> pad(args, true);
      case RPAD -> args -> pad(args, false);
      case LEFT -> args -> text(args, 0).substring(0, clip(args, 1, text(args, 0).length()));
      case RIGHT -> {
        Strict.BoxedFunction right =
            args -> {
              String text = text(args, 0);
              return text.substring(text.length() - clip(args, 1, text.length()));
            };
        yield right;
      }
      case REVERSE -> args -> new StringBuilder(text(args, 0)).reverse().toString();
      case REPEAT -> TextFunctions::repeat;
      case INITCAP -> args -> initcap(text(args, 0));
      case SPLIT_INDEX -> TextFunctions::splitIndex;
      default -> throw new IllegalArgumentException(function + " is not of text");
    };
  }

  private static String text(Object[] args, int index) {
    return (String) args[index];
  }

  private static long number(Object[] args, int index) {
    return (Long) args[index];
  }

  private static int clip(Object[] args, int index, int largest) {
    return (int) Math.clamp(number(args, index), 0L, (long) largest);
  }

  private static String concat(Object[] args) {
    StringBuilder joined = new StringBuilder();
    for (Object arg : args) {
      joined.append((String) arg);
    }
    return joined.toString();
  }

  private static String substring(Object[] args) {
    String text = text(args, 0);
    long from = number(args, 1);
    // From 1; 0 counts as 1; from the end when negative.
    long start = from > 0 ? from - 1 : from == 0 ? 0 : text.length() + from;
    long end = args.length == 3 ? start + Math.max(0, number(args, 2)) : text.length();
    int first = (int) Math.clamp(start, 0L, (long) text.length());
    int last = (int) Math.clamp(end, (long) first, (long) text.length());
    return text.substring(first, last);
  }

  private static String trimmed(Object[] args) {
    return args.length > 1 ? text(args, 1) : " ";
  }

  private static String trim(String text, String characters, boolean start, boolean end) {
    int from = 0;
    int to = text.length();
    while (start && from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (end && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static String replace(String text, String what, String with) {
    return what.isEmpty() ? text : text.replace(what, with);
  }

  private static @Nullable String pad(Object[] args, boolean left) {
    String text = text(args, 0);
    long length = number(args, 1);
    String pad = text(args, 2);
    if (length < 0 || pad.isEmpty()) {
      return null;
    }
    if (length <= text.length()) {
      return text.substring(0, (int) length);
    }
    checkLength(length);
    int missing = (int) length - text.length();
    String filler = pad.repeat(missing / pad.length() + 1).substring(0, missing);
    return left ? filler + text : text + filler;
  }

  private static String repeat(Object[] args) {
    String text = text(args, 0);
    long times = Math.max(0, number(args, 1));
    if (text.isEmpty() || times == 0) {
      return "";
    }
    checkLength(Math.multiplyHigh(times, text.length()) == 0 ? times * text.length() : LONGEST + 1);
    return text.repeat((int) times);
  }

  private static void checkLength(long length) {
    if (length > LONGEST) {
      throw new RowException("a text of more than " + LONGEST + " characters");
    }
  }

  private static String initcap(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean first = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      result.append(first ? Character.toUpperCase(c) : Character.toLowerCase(c));
      first = !Character.isLetterOrDigit(c);
    }
    return result.toString();
  }

  private static @Nullable String splitIndex(Object[] args) {
    String text = text(args, 0);
    String separator = text(args, 1);
    long index = number(args, 2);
    if (index < 0 || separator.isEmpty()) {
      return null;
    }
    int from = 0;
    for (long skipped = 0; skipped < index; skipped++) {
      int at = indexOf(text, separator, from);
      if (at < 0) {
        return null;
      }
      from = at + separator.length();
    }
    int end = indexOf(text, separator, from);
    return text.substring(from, end < 0 ? text.length() : end);
  }

  /** As {@link String#indexOf(String, int)}, without its detour for the usual single char. */
  private static int indexOf(String text, String part, int from) {
    return part.length() == 1 ? text.indexOf(part.charAt(0), from) : text.indexOf(part, from);
  }

  private static Evaluator like(Expression.Call call, List<Operand> operands) {
    if (call.operand(1) instanceof Expression.Literal literal
        && literal.value() instanceof String pattern
        && (operands.size() == 2 || call.operand(2) instanceof Expression.Literal)) {
      Object escape = operands.size() == 2 ? null : ((Expression.Literal) call.operand(2)).value();
      LikePattern compiled = LikePattern.compile(pattern, (String) escape);
      return Strict.boxed(operands.subList(0, 1), args -> compiled.matches(text(args, 0)));
    }
    return Strict.boxed(
        operands,
        args ->
            LikePattern.compile(text(args, 1), args.length == 3 ? text(args, 2) : null)
                .matches(text(args, 0)));
  }

  /** CONCAT_WS: leaves NULL texts out; NULL only for a NULL separator. */
  private static final class ConcatWithSeparator extends Evaluator {
    private final List<Operand> operands;

    ConcatWithSeparator(List<Operand> operands) {
      this.operands = operands;
    }

    @Override
    public @Nullable Object evalObject(Row row) {
      String separator = (String) operands.getFirst().evaluator().evalObject(row);
      if (separator == null) {
        return null;
      }
      StringBuilder joined = new StringBuilder();
      boolean first = true;
      for (Operand operand : operands.subList(1, operands.size())) {
        Object part = operand.boxed(row);
        if (part != null) {
          joined.append(first ? "" : separator).append(part);
          first = false;
        }
      }
      return joined.toString();
    }
  }
}
