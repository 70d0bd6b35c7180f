package io.millrace.streams.sql;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn;
import io.millrace.streams.plan.WatermarkSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans the reading of a table: a scan of everything that the record has, and above it the columns
 * as declared. What is not needed is taken away later, by {@link ColumnPruning}.
 */
final class TableScans {

  private static final String WATERMARK_NAME = "$watermark";

  private TableScans() {}

  /**
   * @param idleTimeout for tables that set none of their own
   */
  static Relation read(Catalog.Table table, NodeTable nodes, Duration idleTimeout) {
    List<ScanColumn> origins = new ArrayList<>();
    RowBuilder scanRow = new RowBuilder();
    List<Expression> sources = new ArrayList<>();
    for (Catalog.Column column : table.sourceColumns()) {
      ScanColumn origin =
          switch (column) {
            case Catalog.Column.Fact fact -> new ScanColumn.Metadata(fact.key(), fact.key().type());
            default -> new ScanColumn.Payload(column.name(), column.type());
          };
      sources.add(
          Operators.as(new Expression.Column(origins.size(), origin.type()), column.type()));
      origins.add(origin);
      scanRow.add(column.name(), origin.type());
    }
    List<Expression> declared = declared(table, sources);
    Optional<WatermarkSpec> watermark =
        table.watermark().map(w -> watermark(table, w, declared, idleTimeout));
    int watermarkIndex = Relation.NONE;
    if (table.watermark().isPresent()) {
      Catalog.Column time = table.columns().get(table.watermark().get().column());
      watermarkIndex = origins.size();
      DataType type = DataType.of(time.type().kind());
      origins.add(new ScanColumn.PartitionWatermark(type));
      scanRow.add(WATERMARK_NAME, type);
    }
    RowType row = scanRow.rowType();
    PlanNode scan =
        nodes.unique(new PlanNode.Scan(table.name(), table.connector(), origins, watermark, row));
    return relation(table, nodes, scan, declared, watermarkIndex);
  }

  /** Each column as declared, over the row of the scan. */
  private static List<Expression> declared(Catalog.Table table, List<Expression> sources) {
    List<Expression> declared = new ArrayList<>();
    int source = 0;
    for (Catalog.Column column : table.columns()) {
      if (column instanceof Catalog.Column.Computed computed) {
        declared.add(Rewrites.inline(computed.expression(), sources::get));
      } else {
        declared.add(sources.get(source++));
      }
    }
    return declared;
  }

  private static WatermarkSpec watermark(
      Catalog.Table table,
      Catalog.Watermark watermark,
      List<Expression> declared,
      Duration idleTimeout) {
    return new WatermarkSpec(
        Rewrites.inline(watermark.expression(), declared::get),
        table.columns().get(watermark.column()).name(),
        watermark.idleTimeout().isZero() ? idleTimeout : watermark.idleTimeout());
  }

  private static Relation relation(
      Catalog.Table table,
      NodeTable nodes,
      PlanNode scan,
      List<Expression> declared,
      int watermarkIndex) {
    List<Expression> outputs = new ArrayList<>(declared);
    RowBuilder row = new RowBuilder();
    List<Relation.Column> columns = new ArrayList<>();
    int time = table.watermark().map(Catalog.Watermark::column).orElse(Relation.NONE);
    for (int i = 0; i < declared.size(); i++) {
      String name = table.columns().get(i).name();
      DataType type = declared.get(i).type();
      Relation.Role role = i == time ? Relation.Role.EVENT_TIME : Relation.Role.VALUE;
      columns.add(new Relation.Column(table.name(), name, type, i, role));
      row.add(name, type);
    }
    int hidden = Relation.NONE;
    if (watermarkIndex != Relation.NONE) {
      hidden = outputs.size();
      DataType type = scan.rowType().type(watermarkIndex);
      outputs.add(new Expression.Column(watermarkIndex, type));
      row.add(WATERMARK_NAME, type);
    }
    PlanNode source = scan;
    if (table.connector() instanceof Connector.UpsertKafka) {
      List<Integer> key = table.primaryKey().stream().map(scan.rowType()::indexOf).toList();
      source = nodes.unique(new PlanNode.Normalize(scan, key, false));
    }
    PlanNode node = nodes.unique(new PlanNode.Project(source, outputs, row.rowType()));
    return new Relation(node, columns, hidden, null);
  }
}
