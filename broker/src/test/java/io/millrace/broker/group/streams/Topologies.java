package io.millrace.broker.group.streams;

import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import java.util.List;
import java.util.Map;

/** Topologies as applications have them. */
public final class Topologies {

  private Topologies() {}

  /**
   * Flights are read and written anew by their airport, then counted: "0" has no state, "1" has.
   */
  public static StreamsTopology counting(int epoch) {
    return new StreamsTopology(
        epoch,
        List.of(
            new Subtopology(
                "0",
                List.of("flights"),
                List.of(),
                List.of(),
                List.of("app-by-airport-repartition"),
                List.of(),
                List.of()),
            new Subtopology(
                "1",
                List.of(),
                List.of(),
                List.of(internal("app-counts-changelog", 0)),
                List.of(),
                List.of(internal("app-by-airport-repartition", 0)),
                List.of())));
  }

  /** Two topics joined in one subtopology with state. */
  public static StreamsTopology joining(int epoch) {
    return new StreamsTopology(
        epoch,
        List.of(
            new Subtopology(
                "0",
                List.of("flights", "gates"),
                List.of(),
                List.of(internal("app-join-changelog", 0)),
                List.of(),
                List.of(),
                List.of(new Copartitioned(List.of((short) 0, (short) 1), List.of(), List.of())))));
  }

  static InternalTopic internal(String name, int partitions) {
    return new InternalTopic(name, partitions, (short) 0, Map.of("cleanup.policy", "compact"));
  }
}
