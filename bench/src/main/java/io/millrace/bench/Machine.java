package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the figures were taken on. */
final class Machine {

  private Machine() {}

  /** Cores, processor and kernel in a few words. */
  static String describe() {
    return Runtime.getRuntime().availableProcessors()
        + " cores of "
        + processor()
        + ", Linux "
        + System.getProperty("os.version")
        + ", Java "
        + Runtime.version().feature();
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("an unnamed processor");
    } catch (IOException e) {
      return "an unnamed processor";
    }
  }
}
