package io.millrace.streams.connector;

import io.millrace.streams.operator.Stage;

/** Where rows of one insert go. Called by the job's thread only. */
public abstract sealed class Sink implements Stage
    permits TopicSink, PrintSink, BlackholeSink, CallerSink {

  private final String table;

  /** Rows taken. */
  long rows;

  Sink(String table) {
    this.table = table;
  }

  /** The table's name. */
  public final String table() {
    return table;
  }

  /** Rows taken. */
  public final long rows() {
    return rows;
  }

  @Override
  public void watermark(long watermark) {}

  @Override
  public void idle(boolean idle) {}
}
