package io.millrace.bench.streams;

import io.millrace.bench.Contestant;
import io.millrace.bench.Server;
import io.millrace.bench.SyncCounter;
import java.nio.file.Path;
import java.util.List;

/** An engine that runs a script in a process of its own and then ends. */
public interface SqlEngine extends Contestant {

  /**
   * The command that runs scripts and prints a {@link io.millrace.bench.streams.run.RunReport}.
   *
   * @param script what is measured
   * @param folder an empty folder of the run
   * @param before a script to run before it in the same process; none or one
   */
  List<String> command(Path script, Path folder, List<Path> before);

  @Override
  default Server start(Path folder, SyncCounter syncs) {
    throw new UnsupportedOperationException(name() + " runs here one script at a time");
  }
}
