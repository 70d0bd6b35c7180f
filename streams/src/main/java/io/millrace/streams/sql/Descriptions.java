package io.millrace.streams.sql;

import java.util.ArrayList;
import java.util.List;

/** What SHOW FUNCTIONS and DESCRIBE answer. */
final class Descriptions {

  private Descriptions() {}

  static SqlResult functions() {
    List<List<String>> rows = new ArrayList<>();
    AggregateFunctions.DESCRIPTIONS.forEach(
        (signature, description) -> rows.add(List.of(signature, description)));
    FunctionTable.all()
        .forEach(function -> rows.add(List.of(function.signature(), function.description())));
    rows.add(
        List.of(
            "CURRENT_WATERMARK(time)",
            "the watermark of the row's partition before the row; NULL while there is none"));
    return new SqlResult.Table(List.of("function", "result"), rows);
  }

  static SqlResult of(Catalog.Table table) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      Catalog.Column column = table.columns().get(i);
      String extra =
          switch (column) {
            case Catalog.Column.Physical physical -> "";
            case Catalog.Column.Computed computed -> "AS " + computed.text();
            case Catalog.Column.Fact fact ->
                "METADATA FROM '" + fact.key().sqlName() + "'" + (fact.virtual() ? " VIRTUAL" : "");
          };
      int index = i;
      String watermark =
          table.watermark().filter(w -> w.column() == index).map(w -> w.text()).orElse("");
      int key = table.primaryKey().indexOf(column.name());
      rows.add(
          List.of(
              column.name(),
              column.type().sql(),
              String.valueOf(column.type().nullable()),
              key < 0 ? "" : "PRI",
              extra,
              watermark));
    }
    return new SqlResult.Table(List.of("name", "type", "null", "key", "extras", "watermark"), rows);
  }

  static SqlResult of(Catalog.View view) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < view.columns().size(); i++) {
      rows.add(
          List.of(
              view.columns().get(i),
              view.types().get(i).sql(),
              String.valueOf(view.types().get(i).nullable()),
              "",
              "",
              ""));
    }
    return new SqlResult.Table(List.of("name", "type", "null", "key", "extras", "watermark"), rows);
  }
}
