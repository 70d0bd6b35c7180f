package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Logic in three values, tests for NULL, and the choice between branches. */
final class LogicFunctions {

  private LogicFunctions() {}

  static Evaluator compile(ScalarFunction function, List<Operand> operands, DataType type) {
    Operand first = operands.getFirst();
    return switch (function) {
      case AND -> new Junction(operands, false);
      case OR -> new Junction(operands, true);
      case NOT -> new Not(first.evaluator());
      case IS_NULL -> new NullTest(first, true);
      case IS_NOT_NULL -> new NullTest(first, false);
      case IS_TRUE -> new TruthTest(first.evaluator(), true, true);
      case IS_NOT_TRUE -> new TruthTest(first.evaluator(), true, false);
      case IS_FALSE -> new TruthTest(first.evaluator(), false, true);
      case IS_NOT_FALSE -> new TruthTest(first.evaluator(), false, false);
      case CASE -> new Case(operands, type.kind().carrier());
      case COALESCE -> new Coalesce(operands);
      default -> throw new IllegalArgumentException(function + " is not logic");
    };
  }

  /** AND and OR: the deciding value ends the evaluation, else NULL wins over the other value. */
  private static final class Junction extends Evaluator {
    private final Evaluator[] terms;
    private final boolean deciding;

    Junction(List<Operand> operands, boolean deciding) {
      terms = operands.stream().map(Operand::evaluator).toArray(Evaluator[]::new);
      this.deciding = deciding;
    }

    @Override
    public boolean evalBoolean(Row row) {
      boolean unknown = false;
      for (Evaluator term : terms) {
        boolean value = term.evalBoolean(row);
        if (term.isNull) {
          unknown = true;
        } else if (value == deciding) {
          isNull = false;
          return deciding;
        }
      }
      isNull = unknown;
      return !deciding && !unknown;
    }
  }

  private static final class Not extends Evaluator {
    private final Evaluator input;

    Not(Evaluator input) {
      this.input = input;
    }

    @Override
    public boolean evalBoolean(Row row) {
      boolean value = input.evalBoolean(row);
      isNull = input.isNull;
      return !isNull && !value;
    }
  }

  private static final class NullTest extends Evaluator {
    private final Operand input;
    private final boolean answerForNull;

    NullTest(Operand input, boolean answerForNull) {
      this.input = input;
      this.answerForNull = answerForNull;
    }

    @Override
    public boolean evalBoolean(Row row) {
      return input.evaluatesToNull(row) == answerForNull;
    }
  }

  private static final class TruthTest extends Evaluator {
    private final Evaluator input;
    private final boolean wanted;
    private final boolean answer;

    TruthTest(Evaluator input, boolean wanted, boolean answer) {
      this.input = input;
      this.wanted = wanted;
      this.answer = answer;
    }

    @Override
    public boolean evalBoolean(Row row) {
      boolean value = input.evalBoolean(row);
      return (!input.isNull && value == wanted) == answer;
    }
  }

  private static final class Case extends Evaluator {
    private final Evaluator[] conditions;
    private final Evaluator[] values;

    Case(List<Operand> operands, DataType.Carrier carrier) {
      int branches = operands.size() / 2;
      conditions = new Evaluator[branches];
      values = new Evaluator[branches + 1];
      for (int i = 0; i < branches; i++) {
        conditions[i] = operands.get(2 * i).evaluator();
        values[i] = value(operands.get(2 * i + 1), carrier);
      }
      values[branches] =
          operands.size() % 2 == 1 ? value(operands.getLast(), carrier) : new Constant(null);
    }

    private static Evaluator value(Operand operand, DataType.Carrier carrier) {
      // A bare NULL is carried as a long, whatever the other branches are.
      return operand.kind() == DataType.Kind.NULL && carrier != DataType.Carrier.LONG
          ? new Constant(null)
          : operand.evaluator();
    }

    private Evaluator branch(Row row) {
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].isTrue(row)) {
          return values[i];
        }
      }
      return values[conditions.length];
    }

    @Override
    public long evalLong(Row row) {
      Evaluator branch = branch(row);
      long value = branch.evalLong(row);
      isNull = branch.isNull;
      return value;
    }

    @Override
    public double evalDouble(Row row) {
      Evaluator branch = branch(row);
      double value = branch.evalDouble(row);
      isNull = branch.isNull;
      return value;
    }

    @Override
    public boolean evalBoolean(Row row) {
      Evaluator branch = branch(row);
      boolean value = branch.evalBoolean(row);
      isNull = branch.isNull;
      return value;
    }

    @Override
    public @Nullable Object evalObject(Row row) {
      return branch(row).evalObject(row);
    }
  }

  private static final class Coalesce extends Evaluator {
    private final Evaluator[] inputs;

    Coalesce(List<Operand> operands) {
      inputs =
          operands.stream()
              .filter(operand -> operand.kind() != DataType.Kind.NULL)
              .map(Operand::evaluator)
              .toArray(Evaluator[]::new);
    }

    @Override
    public long evalLong(Row row) {
      for (Evaluator input : inputs) {
        long value = input.evalLong(row);
        if (!input.isNull) {
          isNull = false;
          return value;
        }
      }
      isNull = true;
      return 0;
    }

    @Override
    public double evalDouble(Row row) {
      for (Evaluator input : inputs) {
        double value = input.evalDouble(row);
        if (!input.isNull) {
          isNull = false;
          return value;
        }
      }
      isNull = true;
      return 0;
    }

    @Override
    public boolean evalBoolean(Row row) {
      for (Evaluator input : inputs) {
        boolean value = input.evalBoolean(row);
        if (!input.isNull) {
          isNull = false;
          return value;
        }
      }
      isNull = true;
      return false;
    }

    @Override
    public @Nullable Object evalObject(Row row) {
      for (Evaluator input : inputs) {
        Object value = input.evalObject(row);
        if (value != null) {
          return value;
        }
      }
      return null;
    }
  }
}
