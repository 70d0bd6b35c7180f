package io.millrace.streams.connector;

import io.millrace.streams.row.Row;

/** Drops its rows, for measuring. */
public final class BlackholeSink extends Sink {

  /** For an insert into that table. */
  public BlackholeSink(String table) {
    super(table);
  }

  @Override
  public void row(Row row) {
    rows++;
  }
}
