package io.millrace.streams.sql;

/**
 * A script that cannot be run. The message is one sentence, led by the place: what was found there
 * and what is possible instead.
 */
public final class SqlException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;
  private final String problem;

  SqlException(Position at, String problem) {
    super("line " + at.line() + ", column " + at.column() + ": " + problem);
    this.line = at.line();
    this.column = at.column();
    this.problem = problem;
  }

  /** The line in the script, from 1. */
  public int line() {
    return line;
  }

  /** The column in the line, from 1, in UTF-16 units. */
  public int column() {
    return column;
  }

  /** The message without the place. */
  public String problem() {
    return problem;
  }
}
