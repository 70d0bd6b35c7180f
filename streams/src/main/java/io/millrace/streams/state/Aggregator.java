package io.millrace.streams.state;

import io.millrace.streams.row.Row;

/**
 * One aggregate function over one column, working on a group's longs and objects in a {@link
 * GroupTable}. Knows where its own begin; holds no state of any group itself.
 */
abstract class Aggregator {

  /** Index of its first long in a group's stride. */
  int word;

  /** Index of its object in a group's object stride. */
  int object;

  /** How many longs it keeps. */
  abstract int words();

  /** How many objects it keeps, 0 or 1. */
  int objects() {
    return 0;
  }

  /** Counts a row in. */
  abstract void add(GroupTable table, int group, Row row);

  /** Takes back a row that was counted in. */
  void retract(GroupTable table, int group, Row row) {
    throw new IllegalStateException(getClass().getSimpleName() + " takes nothing back");
  }

  /** Counts all in that a group of another table counted. */
  abstract void merge(GroupTable table, int group, GroupTable from, int fromGroup);

  /** Sets the output column to the result. */
  abstract void result(GroupTable table, int group, Row out, int column);

  /** Says where its longs and objects begin. */
  void place(int word, int object) {
    this.word = word;
    this.object = object;
  }

  final int wordAt(GroupTable table, int group) {
    return group * table.stride + word;
  }

  final int objectAt(GroupTable table, int group) {
    return group * table.objectStride + object;
  }
}
