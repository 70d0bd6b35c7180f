package io.millrace.streams.sql;

import io.millrace.streams.sql.Relations.Output;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** The items between SELECT and FROM, over the rows that are selected from. */
final class SelectList {

  private final SelectPlanner planner;
  private final Relation input;

  SelectList(SelectPlanner planner, Relation input) {
    this.planner = planner;
    this.input = input;
  }

  /** The outputs that items stand for, of which none has an aggregate. */
  List<Output> outputs(SqlNodeList items) {
    ExpressionResolver resolver = planner.resolver(new Scope.Rows(input, "this SELECT"));
    List<Output> outputs = new ArrayList<>();
    for (SqlNode item : items) {
      if (item instanceof SqlIdentifier star && star.isStar()) {
        expand(star).forEach(column -> outputs.add(Output.of(column, column.name())));
        continue;
      }
      String name = name(item, outputs.size());
      SqlNode value = value(item);
      if (value instanceof SqlIdentifier identifier && !ExpressionResolver.isFunction(identifier)) {
        outputs.add(Output.of(Scope.Rows.find(input, identifier, planner.at(value)), name));
      } else {
        outputs.add(Output.of(name, resolver.resolve(value), Relation.Role.VALUE));
      }
    }
    return outputs;
  }

  /** What {@code *} or {@code t.*} stands for. */
  private List<Relation.Column> expand(SqlIdentifier star) {
    if (star.names.size() == 1) {
      return input.columns();
    }
    String qualifier = star.names.getFirst();
    List<Relation.Column> columns =
        input.columns().stream().filter(column -> column.qualifier().equals(qualifier)).toList();
    if (columns.isEmpty() || star.names.size() > 2) {
      throw new SqlException(
          planner.at(star),
          "there is no table or alias "
              + Messages.shorten(qualifier)
              + " in FROM"
              + Messages.instead(
                  qualifier,
                  input.columns().stream().map(Relation.Column::qualifier).distinct().toList()));
    }
    return columns;
  }

  /** The name of an item of SELECT: its alias, else its column's name, else one made up. */
  static String name(SqlNode item, int index) {
    if (item.getKind() == SqlKind.AS) {
      return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
    }
    return item instanceof SqlIdentifier identifier ? identifier.names.getLast() : "EXPR$" + index;
  }

  /** An item of SELECT without its alias. */
  static SqlNode value(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
  }
}
