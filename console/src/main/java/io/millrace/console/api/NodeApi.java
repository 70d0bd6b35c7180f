package io.millrace.console.api;

import io.millrace.console.NodeFacts;
import io.millrace.console.NodeFacts.Listener;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.Request;
import io.millrace.core.Clock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.List;

/** The node itself. */
public final class NodeApi {

  private final NodeFacts facts;
  private final List<Listener> listeners;
  private final Clock clock;

  /**
   * Over a node's facts.
   *
   * @param listeners all of the node's ports, the console's own included
   */
  public NodeApi(NodeFacts facts, List<Listener> listeners, Clock clock) {
    this.facts = facts;
    this.listeners = List.copyOf(listeners);
    this.clock = clock;
  }

  /** {@code /api/node}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("GET", "/api/node", this::describe));
  }

  /** The answer of {@code GET /api/node}; times in milliseconds since the Unix epoch. */
  record Node(
      String version,
      long startTime,
      long uptimeMillis,
      String dataFolder,
      Disk disk,
      List<Listener> listeners,
      Platform platform,
      ProcessFigures process) {}

  /** The disk that the data folder is on; -1 where it cannot be told. */
  record Disk(long totalBytes, long freeBytes) {}

  /** What the node runs on. */
  record Platform(String java, String system, int processors, long pid) {}

  private Answer describe(Request request) {
    long now = clock.millis();
    return Json.answer(
        200,
        new Node(
            facts.version(),
            facts.startMillis(),
            Math.max(0, now - facts.startMillis()),
            facts.dataFolder().toString(),
            disk(),
            listeners,
            new Platform(
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                ProcessHandle.current().pid()),
            ProcessFigures.now()));
  }

  private Disk disk() {
    try {
      FileStore store = Files.getFileStore(facts.dataFolder());
      return new Disk(store.getTotalSpace(), store.getUsableSpace());
    } catch (IOException e) {
      return new Disk(-1, -1);
    }
  }
}
