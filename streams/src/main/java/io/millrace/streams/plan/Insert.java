package io.millrace.streams.plan;

import java.util.List;

/**
 * One INSERT INTO: rows of a query into a table. The input's columns are, by position, those of the
 * table that can be written.
 *
 * @param table the table's name in the catalog, or a made-up one for a SELECT that stands alone
 * @param connector where rows go
 * @param input where rows come from
 * @param metadata the output columns that set a fact of the record (its timestamp) instead of a
 *     field of its value; all others are written to key and value by the connector's formats
 * @param rowType the columns written, named as the table declares them; for a SELECT whose rows
 *     change with one before them for the sign of the row's kind
 */
public record Insert(
    String table,
    Connector connector,
    PlanNode input,
    List<MetadataColumn> metadata,
    RowType rowType) {

  /** Takes an unmodifiable copy of the metadata columns. */
  public Insert {
    metadata = List.copyOf(metadata);
  }

  /**
   * A column that sets a fact of the record.
   *
   * @param index its index in the row
   * @param key which fact; only {@link ScanColumn.Metadata.Key#TIMESTAMP} can be written
   */
  public record MetadataColumn(int index, ScanColumn.Metadata.Key key) {}
}
