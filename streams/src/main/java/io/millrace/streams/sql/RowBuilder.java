package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.RowType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the columns of a row and keeps their names apart. */
final class RowBuilder {

  private final List<Field> fields = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** Adds a column; a number is put behind its name when there is one of that name. */
  RowBuilder add(String name, DataType type) {
    String unique = name;
    for (int i = 0; !names.add(unique); i++) {
      unique = name + i;
    }
    fields.add(new Field(unique, type));
    return this;
  }

  RowType rowType() {
    return new RowType(fields);
  }
}
