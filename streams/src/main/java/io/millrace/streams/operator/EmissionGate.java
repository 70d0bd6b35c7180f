package io.millrace.streams.operator;

/**
 * Lets a job end an epoch while a window with many groups is put out, so that the output waiting to
 * be published stays bounded.
 */
@FunctionalInterface
public interface EmissionGate {

  /**
   * Called between two rows of an emission, when every stage has taken the last one. May save and
   * publish before it returns.
   */
  void betweenRows();
}
