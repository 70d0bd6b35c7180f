package io.millrace.bench.streams;

import io.millrace.bench.PeerJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Apache Flink in one process, as its own local environment has it: parallelism 2, object reuse, no
 * checkpoints. The program is {@code bench/peers/flink}.
 */
public final class FlinkEngine implements SqlEngine {

  /** What Flink's own default configuration opens. */
  private static final List<String> OPENED =
      List.of(
          "java.base/java.lang",
          "java.base/java.net",
          "java.base/java.io",
          "java.base/java.nio",
          "java.base/sun.nio.ch",
          "java.base/java.lang.reflect",
          "java.base/java.text",
          "java.base/java.time",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.util.concurrent.atomic",
          "java.base/java.util.concurrent.locks");

  private final Path folder;
  private final String java;

  /**
   * @param root the project's top folder
   * @param java the executable of a JVM that Flink supports
   */
  public FlinkEngine(Path root, String java) {
    folder = root.resolve("bench/peers/flink");
    this.java = java;
  }

  @Override
  public String name() {
    return "Apache Flink";
  }

  @Override
  public String version() {
    try (Stream<Path> jars = Files.list(PeerJars.libraries(folder))) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> name.startsWith("flink-clients-"))
          .map(name -> name.substring("flink-clients-".length(), name.length() - ".jar".length()))
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    PeerJars.build(folder);
  }

  @Override
  public List<String> command(Path script, Path run, List<Path> before) {
    List<String> command = new ArrayList<>(List.of(java, "-Xmx3g", "-XX:+UseParallelGC"));
    OPENED.forEach(each -> command.add("--add-opens=" + each + "=ALL-UNNAMED"));
    command.addAll(
        List.of(
            "-Djava.io.tmpdir=" + run,
            "-cp",
            folder.resolve("target/classes") + ":" + PeerJars.libraries(folder) + "/*",
            "io.millrace.peers.flink.FlinkRun",
            script.toString(),
            run.toString()));
    before.forEach(each -> command.add(each.toString()));
    return command;
  }
}
