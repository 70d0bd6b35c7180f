package io.millrace.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.ValueOrder;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

class KeyCodecTest {

  private static final DataType MONEY = new DataType(Kind.DECIMAL, true, 38, 2);

  private static byte[] encode(DataType type, @Nullable Object value) {
    Row row = new Row(1);
    row.setBoxed(0, value);
    KeyCodec codec = new KeyCodec(List.of(type), new int[] {0});
    codec.encode(row);
    return Arrays.copyOf(codec.bytes(), codec.length());
  }

  private static @Nullable Object decode(DataType type, byte[] key) {
    Row row = new Row(1);
    new KeyCodec(List.of(type), new int[] {0}).decode(key, 0, row, 0);
    return row.boxed(0, type.kind().carrier());
  }

  private static void bytesOrderAsValues(DataType type, Object a, Object b) {
    byte[] first = encode(type, a);
    byte[] second = encode(type, b);
    assertThat(decode(type, first)).isEqualTo(a);
    assertThat(Integer.signum(Arrays.compareUnsigned(first, second)))
        .isEqualTo(Integer.signum(ValueOrder.compare(a, b)));
    assertThat(Arrays.compareUnsigned(encode(type, null), first)).isNegative();
  }

  @Property(tries = 300)
  void textSortsByCodePoint(
      @ForAll @StringLength(max = 6) @CharRange(from = '\0', to = '\uFFFF') String a,
      @ForAll @StringLength(max = 6) @CharRange(from = '\0', to = '\uFFFF') String b) {
    byte[] key = encode(DataType.of(Kind.STRING), a);
    assertThat(decode(DataType.of(Kind.STRING), key)).isEqualTo(a);
    assertThat(Arrays.equals(key, encode(DataType.of(Kind.STRING), b))).isEqualTo(a.equals(b));
  }

  @Property(tries = 300)
  void wellFormedTextSortsAsItsValues(@ForAll String a, @ForAll String b) {
    if (isWellFormed(a) && isWellFormed(b)) {
      bytesOrderAsValues(DataType.of(Kind.STRING), a, b);
    }
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  @Property(tries = 300)
  void integersSortBySize(@ForAll long a, @ForAll long b) {
    bytesOrderAsValues(DataType.of(Kind.BIGINT), a, b);
  }

  @Property(tries = 300)
  void doublesSortBySize(@ForAll double a, @ForAll double b) {
    bytesOrderAsValues(DataType.of(Kind.DOUBLE), a + 0.0, b + 0.0);
  }

  @Property(tries = 300)
  void decimalsSortBySize(@ForAll long a, @ForAll long b) {
    bytesOrderAsValues(MONEY, BigDecimal.valueOf(a, 2), BigDecimal.valueOf(b, 2));
  }

  @Property(tries = 300)
  void bytesSortUnsigned(@ForAll byte[] a, @ForAll byte[] b) {
    bytesOrderAsValues(DataType.of(Kind.BYTES), a, b);
  }
}
