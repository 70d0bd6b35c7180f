package io.millrace.streams.plan;

/** Which rows a join puts out that have no partner. */
public enum JoinType {
  INNER,
  LEFT,
  RIGHT,
  FULL;

  /** Whether rows of the left input are put out without a partner. */
  public boolean keepsLeft() {
    return this == LEFT || this == FULL;
  }

  /** Whether rows of the right input are put out without a partner. */
  public boolean keepsRight() {
    return this == RIGHT || this == FULL;
  }
}
