package io.millrace.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory of this process as the operating system counts it: heap, direct buffers, threads and code
 * together.
 *
 * @param residentBytes now; empty where the system does not say
 * @param peakBytes the most so far
 */
record ProcessMemory(OptionalLong residentBytes, OptionalLong peakBytes) {

  private static final Path STATUS = Path.of("/proc/self/status");

  static ProcessMemory read() {
    return new ProcessMemory(field("VmRSS:"), field("VmHWM:"));
  }

  private static OptionalLong field(String name) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
