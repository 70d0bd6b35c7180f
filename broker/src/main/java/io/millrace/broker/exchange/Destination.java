package io.millrace.broker.exchange;

/** What an exchange can be bound to. */
public sealed interface Destination permits Exchange, Destination.Queue {

  /** Its name in its virtual host. */
  String name();

  /** Whether it outlives the node. */
  boolean isDurable();

  /** A queue, which this package knows by name only. */
  non-sealed interface Queue extends Destination {}
}
