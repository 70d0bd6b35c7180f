package io.millrace.streams.plan;

/** Which rows a join puts out that have no partner. */
public enum JoinType {
  INNER,
  LEFT,
  RIGHT,
  FULL;

  /** Whether rows of the left, or of the right, input are put out without a partner. */
  public boolean keeps(boolean isLeft) {
    return this == FULL || this == (isLeft ? LEFT : RIGHT);
  }
}
