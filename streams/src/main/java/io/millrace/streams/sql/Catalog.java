package io.millrace.streams.sql;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.ScanColumn.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables and views of a session, by name. */
final class Catalog {

  private final Map<String, Entry> entries = new TreeMap<>();

  /** A table or a view. */
  sealed interface Entry {
    String name();

    /** The statement that made it, as it was written. */
    String text();
  }

  /**
   * A table.
   *
   * @param columns in the order declared
   * @param watermark the time column and how its watermark is made
   * @param primaryKey the columns of the key; empty when there is none
   */
  record Table(
      String name,
      List<Column> columns,
      Optional<Watermark> watermark,
      List<String> primaryKey,
      Connector connector,
      String text)
      implements Entry {

    /** The columns that INSERT INTO gives values for: fields of the record and its timestamp. */
    List<Column> writableColumns() {
      return columns.stream()
          .filter(
              column ->
                  switch (column) {
                    case Column.Physical physical -> true;
                    case Column.Fact fact -> !fact.virtual();
                    case Column.Computed computed -> false;
                  })
          .toList();
    }

    /** The columns that come from the record, in order: all that are not computed. */
    List<Column> sourceColumns() {
      return columns.stream().filter(column -> !(column instanceof Column.Computed)).toList();
    }
  }

  /** A column of a table. */
  sealed interface Column {
    String name();

    DataType type();

    /** A field of the record's key or value. */
    record Physical(String name, DataType type) implements Column {}

    /** A fact of the record, such as its offset. */
    record Fact(String name, DataType type, Metadata.Key key, boolean virtual) implements Column {}

    /** Computed from the table's {@link Table#sourceColumns()}, which the expression is over. */
    record Computed(String name, DataType type, Expression expression, String text)
        implements Column {}
  }

  /**
   * How the watermark is made.
   *
   * @param column the index of the time column among the table's columns
   * @param expression over the table's columns, as declared
   * @param text the expression as it is written
   * @param idleTimeout zero when partitions do not become idle
   */
  record Watermark(int column, Expression expression, String text, Duration idleTimeout) {}

  /**
   * A view.
   *
   * @param columns the names of its columns
   * @param types the types they had when the view was made
   * @param query what it stands for
   */
  record View(String name, List<String> columns, List<DataType> types, Parsed query, String text)
      implements Entry {}

  @Nullable Entry find(String name) {
    return entries.get(name);
  }

  void put(Entry entry) {
    entries.put(entry.name(), entry);
  }

  void remove(String name) {
    entries.remove(name);
  }

  List<Table> tables() {
    return entries.values().stream()
        .filter(Table.class::isInstance)
        .map(Table.class::cast)
        .toList();
  }

  List<View> views() {
    return entries.values().stream().filter(View.class::isInstance).map(View.class::cast).toList();
  }

  List<String> names() {
    return new ArrayList<>(entries.keySet());
  }

  /** An independent copy. */
  Catalog copy() {
    Catalog copy = new Catalog();
    copy.entries.putAll(entries);
    return copy;
  }
}
