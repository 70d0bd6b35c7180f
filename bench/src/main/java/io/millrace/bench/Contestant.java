package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A system that can be started as a process. */
public interface Contestant {

  /** Its name in the results. */
  String name();

  /** Its version in the results. */
  String version();

  /** Gets what it needs to run; called once, before the first round. */
  void prepare() throws IOException, InterruptedException;

  /**
   * Starts it on an empty folder, or on one that it ran on before, with free ports of the loopback
   * interface. Returns as soon as the process runs, before it answers.
   */
  default Server start(Path folder) throws IOException {
    return start(folder, SyncCounter.none());
  }

  /** As {@link #start(Path)}, with how often it forces files to disk counted. */
  Server start(Path folder, SyncCounter syncs) throws IOException;
}
