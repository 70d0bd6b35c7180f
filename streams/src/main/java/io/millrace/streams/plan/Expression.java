package io.millrace.streams.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A typed expression over one input row. Operands have been brought to a common type by explicit
 * {@link ScalarFunction#CAST}s (see {@link ScalarFunction} for what each function is given), and
 * constant parts are folded, so an evaluator can choose its code by {@link DataType#kind()} once.
 */
public sealed interface Expression {

  /** The type of the value. */
  DataType type();

  /**
   * A column of the input row.
   *
   * @param index its index in the input row's type, from 0
   * @param type its type there
   */
  record Column(int index, DataType type) implements Expression {}

  /**
   * A constant.
   *
   * @param value by the type's carrier: {@link Boolean}, {@link Long}, {@link Double}, {@link
   *     java.math.BigDecimal} or {@link String}; null for NULL
   * @param type its type
   */
  record Literal(@Nullable Object value, DataType type) implements Expression {}

  /**
   * A function applied to operands.
   *
   * @param function which function
   * @param operands its operands, in order
   * @param type the type of the result
   */
  record Call(ScalarFunction function, List<Expression> operands, DataType type)
      implements Expression {

    /** Takes an unmodifiable copy of the operands. */
    public Call {
      operands = List.copyOf(operands);
    }

    /** The operand at an index from 0. */
    public Expression operand(int index) {
      return operands.get(index);
    }
  }
}
