package io.millrace.streams.expression;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import org.jspecify.annotations.Nullable;

/**
 * Computes one expression for one row after another. Only the method of the expression's carrier
 * may be called. After a primitive one, {@link #isNull} says whether the result is NULL; the value
 * returned then means nothing. Confined to one thread.
 */
public abstract class Evaluator {

  /** Whether the last result was NULL. */
  boolean isNull;

  /** Whether the last result of a primitive method was NULL. */
  public final boolean isNull() {
    return isNull;
  }

  /**
   * The value of a LONG expression.
   *
   * @throws RowException when this row has no value
   */
  public long evalLong(Row row) {
    throw wrongCarrier();
  }

  /** The value of a DOUBLE expression; see {@link #evalLong}. */
  public double evalDouble(Row row) {
    throw wrongCarrier();
  }

  /** The value of a BOOLEAN expression; see {@link #evalLong}. */
  public boolean evalBoolean(Row row) {
    throw wrongCarrier();
  }

  /** The value of an expression carried by an object; null for NULL. */
  public @Nullable Object evalObject(Row row) {
    throw wrongCarrier();
  }

  /** Whether a BOOLEAN expression is TRUE, neither FALSE nor NULL. */
  public final boolean isTrue(Row row) {
    return evalBoolean(row) && !isNull;
  }

  private IllegalStateException wrongCarrier() {
    return new IllegalStateException(getClass().getSimpleName() + " has another carrier");
  }

  /** An evaluator together with the carrier of its values. */
  record Operand(Evaluator evaluator, DataType type) {

    DataType.Carrier carrier() {
      return type.kind().carrier();
    }

    DataType.Kind kind() {
      return type.kind();
    }

    /** The value as {@link Row#boxed} gives it. */
    @Nullable Object boxed(Row row) {
      if (evaluator instanceof Constant constant) {
        return constant.value;
      }
      return switch (carrier()) {
        case BOOLEAN -> {
          boolean value = evaluator.evalBoolean(row);
          yield evaluator.isNull ? null : value;
        }
        case LONG -> {
          long value = evaluator.evalLong(row);
          yield evaluator.isNull ? null : value;
        }
        case DOUBLE -> {
          double value = evaluator.evalDouble(row);
          yield evaluator.isNull ? null : value;
        }
        case DECIMAL, STRING, BYTES -> evaluator.evalObject(row);
      };
    }

    /** Evaluates, and says whether the result is NULL. */
    boolean evaluatesToNull(Row row) {
      switch (carrier()) {
        case BOOLEAN -> evaluator.evalBoolean(row);
        case LONG -> evaluator.evalLong(row);
        case DOUBLE -> evaluator.evalDouble(row);
        default -> {
          return evaluator.evalObject(row) == null;
        }
      }
      return evaluator.isNull;
    }

    /** Evaluates into a column of another row. */
    void into(Row row, Row target, int column) {
      switch (carrier()) {
        case BOOLEAN -> {
          boolean value = evaluator.evalBoolean(row);
          if (evaluator.isNull) {
            target.setNull(column);
          } else {
            target.setBoolean(column, value);
          }
        }
        case LONG -> {
          long value = evaluator.evalLong(row);
          if (evaluator.isNull) {
            target.setNull(column);
          } else {
            target.setLong(column, value);
          }
        }
        case DOUBLE -> {
          double value = evaluator.evalDouble(row);
          if (evaluator.isNull) {
            target.setNull(column);
          } else {
            target.setDouble(column, value);
          }
        }
        default -> target.setObject(column, evaluator.evalObject(row));
      }
    }
  }

  /** A column of the input row. */
  static final class ColumnValue extends Evaluator {
    private final int column;

    ColumnValue(int column) {
      this.column = column;
    }

    @Override
    public long evalLong(Row row) {
      isNull = row.isNull(column);
      return row.getLong(column);
    }

    @Override
    public double evalDouble(Row row) {
      isNull = row.isNull(column);
      return row.getDouble(column);
    }

    @Override
    public boolean evalBoolean(Row row) {
      isNull = row.isNull(column);
      return row.getBoolean(column);
    }

    @Override
    public @Nullable Object evalObject(Row row) {
      return row.getObject(column);
    }
  }

  /** A constant. */
  static final class Constant extends Evaluator {
    private final @Nullable Object value;
    private final long longValue;
    private final double doubleValue;
    private final boolean booleanValue;

    Constant(@Nullable Object value) {
      this.value = value;
      isNull = value == null;
      longValue = value instanceof Long l ? l : 0;
      doubleValue = value instanceof Double d ? d : 0;
      booleanValue = value instanceof Boolean b && b;
    }

    @Override
    public long evalLong(Row row) {
      return longValue;
    }

    @Override
    public double evalDouble(Row row) {
      return doubleValue;
    }

    @Override
    public boolean evalBoolean(Row row) {
      return booleanValue;
    }

    @Override
    public @Nullable Object evalObject(Row row) {
      return value;
    }
  }
}
