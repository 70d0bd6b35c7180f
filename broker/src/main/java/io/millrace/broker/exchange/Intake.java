package io.millrace.broker.exchange;

/**
 * What stands before the bindings of an exchange: it takes messages first, and has them routed when
 * their time has come. Any thread.
 */
public interface Intake extends Destination.Queue {

  /** Whether it takes this one; otherwise the bindings get it at once. */
  boolean takes(Routable message);
}
