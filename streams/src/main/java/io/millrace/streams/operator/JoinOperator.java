package io.millrace.streams.operator;

/** An operator that joins two inputs. */
public interface JoinOperator extends StatefulOperator {

  /** The stage that takes the rows of the left or the right input. */
  Stage input(boolean isLeft);
}
