package io.millrace.streams.row;

import io.millrace.streams.plan.DataType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** DECIMAL(precision, scale): every value in a row has exactly its column's scale. */
public final class Decimals {

  private Decimals() {}

  /**
   * The value rounded half up to the type's scale, or null when it needs more digits than the
   * type's precision. Costs no more than the type's 38 digits, however large the exponent is.
   */
  public static @Nullable BigDecimal fit(BigDecimal value, DataType type) {
    return fit(value, type.precision(), type.scale());
  }

  /** As {@link #fit(BigDecimal, DataType)}. */
  public static @Nullable BigDecimal fit(BigDecimal value, int precision, int scale) {
    if (value.signum() == 0) {
      return BigDecimal.ZERO.setScale(scale);
    }
    // Digits before the point; checked first, since setScale would write all the zeros out.
    long integerDigits = (long) value.precision() - value.scale();
    if (integerDigits > (long) precision - scale) {
      return null;
    }
    if (integerDigits < -(long) scale) {
      return BigDecimal.ZERO.setScale(scale);
    }
    BigDecimal fitted = value.setScale(scale, RoundingMode.HALF_UP);
    return fitted.precision() > precision ? null : fitted;
  }
}
