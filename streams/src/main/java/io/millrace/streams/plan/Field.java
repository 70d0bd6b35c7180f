package io.millrace.streams.plan;

/**
 * One column of a row.
 *
 * @param name the column's name, as declared; unique within its row, compared case-sensitively
 * @param type the column's type
 */
public record Field(String name, DataType type) {

  @Override
  public String toString() {
    return name + " " + type;
  }
}
