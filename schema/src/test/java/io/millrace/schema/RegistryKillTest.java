package io.millrace.schema;

import static io.millrace.schema.RegistryFixture.avro;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SubjectConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that is killed in the midst of writes keeps every id that it has told somebody. */
class RegistryKillTest {

  private static final int KILLS = 4;
  private static final int WRITERS = 4;

  @TempDir Path folder;

  @Test
  void acknowledgedIdsNeverChange() throws Exception {
    Map<String, Integer> acknowledged = new HashMap<>();
    for (int life = 0; life < KILLS; life++) {
      Path told = folder.resolve("told-" + life);
      Path errors = folder.resolve("errors-" + life);
      Process process =
          new ProcessBuilder(
                  List.of(
                      ProcessHandle.current().info().command().orElse("java"),
                      "-Xmx128m",
                      "-XX:+UseSerialGC",
                      "-cp",
                      System.getProperty("java.class.path"),
                      RegistryKillTest.class.getName(),
                      folder.resolve("data").toString(),
                      Integer.toString(life)))
              .redirectError(errors.toFile())
              .redirectOutput(told.toFile())
              .start();
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> !process.isAlive() || lines(told).size() > 30);
        assertThat(process.isAlive()).as(() -> "the registry ended: " + read(errors)).isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
      for (String line : lines(told)) {
        String[] parts = line.split(" ", -1);
        Integer before = acknowledged.put(parts[0], Integer.parseInt(parts[1]));
        assertThat(before == null || before == Integer.parseInt(parts[1])).as(line).isTrue();
      }
    }

    try (RegistryFixture fixture = new RegistryFixture(folder.resolve("data"))) {
      for (Map.Entry<String, Integer> each : acknowledged.entrySet()) {
        SchemaVersion found =
            fixture.registry.lookUp("kept", avro(each.getKey(), "int"), false, false);
        assertThat(found.id()).as(each.getKey()).isEqualTo(each.getValue());
        assertThat(fixture.registry.withId(".", found.id()).content().text())
            .contains('"' + each.getKey() + '"');
      }
    }
  }

  /** Whole lines only: the last one may have been cut off. */
  private static List<String> lines(Path told) throws IOException {
    String text = Files.readString(told);
    int end = text.lastIndexOf('\n');
    return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n", -1));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * Registers schemas on several threads, some of them again, and tells of each id, until killed.
   */
  public static void main(String[] arguments) throws Exception {
    int life = Integer.parseInt(arguments[1]);
    RegistryFixture fixture = new RegistryFixture(Path.of(arguments[0]));
    SchemaRegistry registry = fixture.registry;
    registry.setConfig("kept", new SubjectConfig(CompatibilityLevel.NONE, null));
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < WRITERS; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  while (true) {
                    int number = next.getAndIncrement();
                    // Every third one was registered in the life before, or is so by another.
                    String field = "f" + (number % 3 == 0 ? number : life * 10_000 + 1 + number);
                    int id = registry.register("kept", avro(field, "int"), false).id();
                    System.out.print(field + " " + id + "\n");
                    System.out.flush();
                  }
                } catch (InterruptedException | RuntimeException e) {
                  e.printStackTrace();
                  Runtime.getRuntime().halt(1);
                }
              });
    }
  }
}
