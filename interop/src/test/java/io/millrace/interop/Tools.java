package io.millrace.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Kafka's tools, in the hands of somebody who uses one node.
 *
 * @param bootstrap the address that each tool is given
 */
record Tools(String bootstrap) {

  /** Runs a tool to its end; {@code --bootstrap-server} is typed already. */
  Program.Result call(KafkaTool tool, String... arguments) throws IOException {
    return callWith("", tool, arguments);
  }

  /** The same, with text on its standard input. */
  Program.Result callWith(String input, KafkaTool tool, String... arguments) throws IOException {
    return Program.run(tool.mainClass, input, bootstrapped(arguments));
  }

  /** Starts a tool that runs until it is ended. */
  Program start(KafkaTool tool, String... arguments) throws IOException {
    return Program.start(tool.mainClass, bootstrapped(arguments));
  }

  private List<String> bootstrapped(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--bootstrap-server", bootstrap));
    all.addAll(List.of(arguments));
    return all;
  }
}
