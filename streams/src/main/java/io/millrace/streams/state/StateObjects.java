package io.millrace.streams.state;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a group may keep, as bytes: values, which are written anew when they change, and
 * collections that only grow, of which a partial save holds the end that is new.
 */
final class StateObjects {

  private static final int NULL = 0;
  private static final int TEXT = 1;
  private static final int DECIMAL = 2;
  private static final int BYTES = 3;
  private static final int DOUBLES = 4;
  private static final int VALUES = 5;
  private static final int BAG = 6;

  private StateObjects() {}

  static void write(@Nullable Object object, StateOutput out, boolean whole) {
    switch (object) {
      case null -> out.writeByte(NULL);
      case String text -> {
        out.writeByte(TEXT);
        // As UTF-16, since a key may hold a surrogate without its partner.
        out.writeInt(text.length());
        for (int i = 0; i < text.length(); i++) {
          out.writeByte(text.charAt(i) >> 8);
          out.writeByte(text.charAt(i));
        }
      }
      case BigDecimal decimal -> {
        out.writeByte(DECIMAL);
        byte[] digits = decimal.unscaledValue().toByteArray();
        out.writeInt(decimal.scale());
        out.writeBytes(digits, 0, digits.length);
      }
      case byte[] bytes -> {
        out.writeByte(BYTES);
        out.writeBytes(bytes, 0, bytes.length);
      }
      case DoubleList doubles -> {
        out.writeByte(DOUBLES);
        doubles.save(out, whole);
      }
      case ValueSet values -> {
        out.writeByte(VALUES);
        values.save(out, whole);
      }
      case ValueBag bag -> {
        out.writeByte(BAG);
        bag.save(out, whole);
      }
      default -> throw new IllegalStateException("no state of " + object.getClass());
    }
  }

  static @Nullable Object read(@Nullable Object before, StateInput in) {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case TEXT -> {
        char[] chars = new char[in.readCount()];
        for (int i = 0; i < chars.length; i++) {
          chars[i] = (char) (((in.readByte() & 0xff) << 8) | (in.readByte() & 0xff));
        }
        yield new String(chars);
      }
      case DECIMAL -> {
        int scale = in.readInt();
        yield new BigDecimal(new BigInteger(in.readBytes()), scale);
      }
      case BYTES -> in.readBytes();
      case DOUBLES -> {
        DoubleList doubles = before instanceof DoubleList list ? list : new DoubleList();
        doubles.load(in);
        yield doubles;
      }
      case VALUES -> {
        ValueSet values = before instanceof ValueSet set ? set : new ValueSet();
        values.load(in);
        yield values;
      }
      case BAG -> {
        ValueBag bag = before instanceof ValueBag values ? values : new ValueBag();
        bag.load(in);
        yield bag;
      }
      default -> throw new IllegalStateException("the checkpoint has an object of kind " + tag);
    };
  }

  /** About how many bytes an object takes in memory. */
  static long bytes(@Nullable Object object) {
    return switch (object) {
      case null -> 0;
      case String text -> 48 + 2L * text.length();
      case BigDecimal decimal -> 88;
      case byte[] bytes -> 16 + bytes.length;
      case DoubleList doubles -> doubles.bytes();
      case ValueSet values -> values.bytes();
      case ValueBag bag -> bag.bytes();
      default -> 16;
    };
  }
}
