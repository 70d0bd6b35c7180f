package io.millrace.streams.state;

import io.millrace.streams.row.Row;

/** COUNT(*), or COUNT of a column's values that are not NULL. */
final class CountAggregator extends Aggregator {

  private final int column;

  /**
   * @param column the column, or -1 to count rows
   */
  CountAggregator(int column) {
    this.column = column;
  }

  @Override
  int words() {
    return 1;
  }

  @Override
  void add(GroupTable table, int group, Row row) {
    if (column < 0 || !row.isNull(column)) {
      table.words[wordAt(table, group)]++;
    }
  }

  @Override
  void retract(GroupTable table, int group, Row row) {
    if (column < 0 || !row.isNull(column)) {
      table.words[wordAt(table, group)]--;
    }
  }

  @Override
  void merge(GroupTable table, int group, GroupTable from, int fromGroup) {
    table.words[wordAt(table, group)] += from.words[wordAt(from, fromGroup)];
  }

  @Override
  void result(GroupTable table, int group, Row out, int column) {
    out.setLong(column, table.words[wordAt(table, group)]);
  }
}
