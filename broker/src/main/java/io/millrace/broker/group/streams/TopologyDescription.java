package io.millrace.broker.group.streams;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application's topology with its inner nodes, as a member describes it for people (KIP-1331).
 * Nothing is decided by it. Immutable.
 *
 * @param epoch of the topology
 */
public record TopologyDescription(
    int epoch, List<Subtopology> subtopologies, List<GlobalStore> globalStores) {

  /** The most nodes that a group's description may have. */
  public static final int MOST_NODES = 10_000;

  /** Takes copies. */
  public TopologyDescription {
    subtopologies = List.copyOf(subtopologies);
    globalStores = List.copyOf(globalStores);
  }

  /** How many nodes there are. */
  public int nodes() {
    return 2 * globalStores.size()
        + subtopologies.stream().mapToInt(each -> each.nodes().size()).sum();
  }

  /** Nodes that are connected, or share a state. */
  public record Subtopology(String id, List<Node> nodes) {

    /** Takes a copy. */
    public Subtopology {
      nodes = List.copyOf(nodes);
    }
  }

  /** A state that each instance has whole, and what keeps it up to date. */
  public record GlobalStore(Node source, Node processor) {}

  /**
   * A step of the processing.
   *
   * @param kind by Kafka's number: 1 a source, 2 a processor, 3 a sink
   * @param sourceTopics that a source reads
   * @param sinkTopic that a sink writes; null when that is decided record by record
   * @param stores that a processor uses
   * @param successors by their names
   */
  public record Node(
      String name,
      byte kind,
      List<String> sourceTopics,
      @Nullable String sinkTopic,
      List<String> stores,
      List<String> successors) {

    /** Takes copies. */
    public Node {
      sourceTopics = List.copyOf(sourceTopics);
      stores = List.copyOf(stores);
      successors = List.copyOf(successors);
    }
  }
}
