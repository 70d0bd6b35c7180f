package io.millrace.streams.operator;

import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;

/** An operator whose state is part of a checkpoint. Called by the job's thread between rows. */
public interface StatefulOperator {

  /**
   * Writes the state, and counts it as saved.
   *
   * @param whole all of it; else what changed since the last save
   */
  void save(StateOutput out, boolean whole);

  /**
   * Reads what one save wrote: a whole one replaces the state, another one is laid over it.
   *
   * @param whole as it was saved
   */
  void load(StateInput in, boolean whole);

  /** About how many bytes of memory the state takes. */
  long stateBytes();
}
