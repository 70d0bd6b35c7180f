package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import java.util.List;

/** What takes messages that exchanges route to it: a queue, or another thing with a log. */
public interface Inbox extends Destination.Queue {

  /**
   * Takes messages, in order; the list is the inbox's from here on. Each is settled once, on any
   * thread. Any thread; never blocks.
   */
  void publish(List<Publication> batch);

  /** Runs a task once it has taken what was published before. Any thread, on any thread. */
  void whenTaken(Runnable task);

  /** Whether it needs no body of its own where {@link SharedBodies} has it. */
  boolean sharesBodies();
}
