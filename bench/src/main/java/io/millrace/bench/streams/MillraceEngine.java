package io.millrace.bench.streams;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Millrace's engine, with the JVM options of its launcher. */
public record MillraceEngine(String java, String classPath) implements SqlEngine {

  @Override
  public String name() {
    return "Millrace";
  }

  @Override
  public String version() {
    return "0.1.0-SNAPSHOT";
  }

  @Override
  public void prepare() {}

  @Override
  public List<String> command(Path script, Path folder, List<Path> before) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java,
                "-Xmx3g",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                MillraceRun.class.getName(),
                script.toString(),
                folder.toString()));
    before.forEach(each -> command.add(each.toString()));
    return command;
  }
}
