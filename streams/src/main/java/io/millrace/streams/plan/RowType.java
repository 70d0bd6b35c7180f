package io.millrace.streams.plan;

import java.util.List;

/**
 * The columns of a row, in order.
 *
 * @param fields the columns
 */
public record RowType(List<Field> fields) {

  /** Takes an unmodifiable copy of the columns. */
  public RowType {
    fields = List.copyOf(fields);
  }

  /** How many columns there are. */
  public int size() {
    return fields.size();
  }

  /** The column at an index from 0. */
  public Field field(int index) {
    return fields.get(index);
  }

  /** The type of the column at an index from 0. */
  public DataType type(int index) {
    return fields.get(index).type();
  }

  /** The index of the column of that name, or -1. */
  public int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
