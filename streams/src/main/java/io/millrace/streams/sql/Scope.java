package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** What names mean where an expression stands. */
interface Scope {

  /**
   * The column of that name.
   *
   * @throws SqlException when there is none, or more than one
   */
  Expression column(SqlIdentifier name, Position at);

  /** The watermark of the row's partition, for CURRENT_WATERMARK(column). */
  Expression currentWatermark(SqlNode column, Position at);

  /** What an aggregate function means here. */
  Expression aggregate(SqlCall call, Position at);

  /**
   * What a whole expression means here before its parts are looked at; null for nothing special.
   */
  default @Nullable Expression known(SqlNode expression) {
    return null;
  }

  /** Where only constants can stand. */
  record Constants(String what) implements Scope {

    @Override
    public Expression column(SqlIdentifier name, Position at) {
      throw new SqlException(
          at,
          "found the name "
              + Messages.shorten(name.toString())
              + "; "
              + what
              + " must be a constant");
    }

    @Override
    public Expression currentWatermark(SqlNode column, Position at) {
      throw new SqlException(at, what + " must be a constant");
    }

    @Override
    public Expression aggregate(SqlCall call, Position at) {
      throw new SqlException(at, what + " must be a constant");
    }
  }

  /** The columns of a relation's rows, before any aggregate. */
  record Rows(Relation relation, String place) implements Scope {

    @Override
    public Expression column(SqlIdentifier name, Position at) {
      Relation.Column column = find(relation, name, at);
      if (column.role() == Relation.Role.ROW_NUMBER && column.isPending()) {
        throw new SqlException(
            at,
            column.name()
                + " is a row's number, which is chosen first: WHERE "
                + column.name()
                + " <= n");
      }
      if (column.isOfWindow()) {
        throw new SqlException(
            at,
            column.name()
                + " is known only when the window is complete; use it in the SELECT or HAVING of a"
                + " query with GROUP BY window_start, window_end");
      }
      return new Expression.Column(column.index(), column.type());
    }

    @Override
    public Expression currentWatermark(SqlNode node, Position at) {
      if (!(node instanceof SqlIdentifier name)) {
        throw new SqlException(at, "CURRENT_WATERMARK takes the time column of a table");
      }
      Relation.Column column = find(relation, name, at);
      if (column.role() != Relation.Role.EVENT_TIME || relation.watermark() == Relation.NONE) {
        throw new SqlException(
            at,
            "CURRENT_WATERMARK takes the column that a table's WATERMARK FOR names, passed on"
                + " unchanged; "
                + Messages.shorten(name.toString())
                + " is not that column");
      }
      DataType type = DataType.of(column.type().kind());
      return new Expression.Column(relation.watermark(), type);
    }

    @Override
    public Expression aggregate(SqlCall call, Position at) {
      throw new SqlException(
          at,
          "the aggregate function "
              + call.getOperator().getName()
              + " cannot stand in "
              + place
              + "; it can stand in SELECT and HAVING");
    }

    /** The column that a name means. */
    static Relation.Column find(Relation relation, SqlIdentifier name, Position at) {
      if (name.names.size() > 2 || name.isStar()) {
        throw new SqlException(
            at, "found " + Messages.shorten(name.toString()) + "; expected column or table.column");
      }
      boolean qualified = name.names.size() == 2;
      String qualifier = name.names.getFirst();
      String simple = name.names.getLast();
      List<Relation.Column> found =
          relation.columns().stream()
              .filter(column -> column.name().equals(simple))
              .filter(column -> !qualified || column.qualifier().equals(qualifier))
              .toList();
      if (found.size() == 1) {
        return found.getFirst();
      }
      if (found.size() > 1) {
        throw new SqlException(
            at,
            "there is more than one column "
                + Messages.shorten(simple)
                + " here; rename one by AS");
      }
      if (qualified
          && relation.columns().stream().noneMatch(c -> c.qualifier().equals(qualifier))) {
        List<String> qualifiers =
            relation.columns().stream()
                .map(Relation.Column::qualifier)
                .filter(known -> !known.isEmpty())
                .distinct()
                .toList();
        throw new SqlException(
            at,
            "there is no table or alias "
                + Messages.shorten(qualifier)
                + " in FROM"
                + Messages.instead(qualifier, qualifiers));
      }
      throw new SqlException(
          at,
          "there is no column "
              + Messages.shorten(simple)
              + " here"
              + Messages.instead(simple, relation.names()));
    }
  }
}
