package io.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.RegistryRecord;
import io.millrace.schema.record.RegistryRecordCodec;
import io.millrace.schema.record.SubjectConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topic is all there is: whoever reads it, compacted or not, comes to the same state. */
class RegistryReplayTest {

  private static final List<String> SUBJECTS = List.of("a", "b", ":.x:a", "base");

  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void replayGivesTheSameState(@ForAll long seed) throws Exception {
    Path folder = Files.createTempDirectory("registry-replay");
    try (RegistryFixture fixture = new RegistryFixture(folder)) {
      Random random = new Random(seed);
      for (int i = 0; i < 60; i++) {
        try {
          change(fixture.registry, random);
        } catch (RegistryException refused) {
          // Refusals must leave nothing behind, which the comparison below shows.
        }
      }
      Map<String, Object> before = fixture.registry.state().image();

      RegistryState compacted = new RegistryState();
      fixture
          .compacted()
          .forEach(
              (key, value) -> {
                RegistryRecord record = RegistryRecordCodec.decode(key, value);
                if (record != null) {
                  compacted.apply(record);
                }
              });
      assertThat(compacted.image()).isEqualTo(before);
      fixture.reopen();
      assertThat(fixture.registry.state().image()).isEqualTo(before);
    } finally {
      deleteTree(folder);
    }
  }

  @Test
  void aTopicOfManySegmentsIsReadWhole(@TempDir Path folder) throws Exception {
    try (RegistryFixture fixture = new RegistryFixture(folder)) {
      fixture.createTopic(Map.of("cleanup.policy", "compact", "segment.ms", "1"));
      for (int i = 0; i < 30; i++) {
        fixture.registry.register("s" + i, RegistryFixture.avro("f", "string"), false);
      }
      try (Stream<Path> files = Files.walk(folder)) {
        assertThat(files.map(Path::toString).filter(name -> name.matches(".*_schemas-0/.*log")))
            .hasSizeGreaterThan(5);
      }
      Map<String, Object> before = fixture.registry.state().image();
      fixture.reopen();
      assertThat(fixture.registry.state().image()).isEqualTo(before);
    }
  }

  private static void change(SchemaRegistry registry, Random random) throws InterruptedException {
    String subject = SUBJECTS.get(random.nextInt(SUBJECTS.size()));
    switch (random.nextInt(12)) {
      case 0 -> registry.deleteSubject(subject, random.nextBoolean());
      case 1, 2 -> registry.deleteVersion(subject, version(random), random.nextBoolean());
      case 3 ->
          registry.setConfig(
              random.nextBoolean() ? subject : "",
              new SubjectConfig(CompatibilityLevel.NONE, random.nextBoolean()));
      case 4 -> registry.deleteConfig(subject);
      case 5 -> registry.setMode(subject, mode(random), true);
      case 6 -> registry.deleteMode(subject);
      case 7 -> registry.register(subject, schema(random, 1 + random.nextInt(30)), false);
      default -> registry.register(subject, schema(random, 0), random.nextBoolean());
    }
  }

  private static Version version(Random random) {
    return random.nextInt(3) == 0 ? Version.LATEST : new Version(1 + random.nextInt(5));
  }

  private static Mode mode(Random random) {
    return random.nextInt(3) == 0 ? Mode.READONLY : Mode.IMPORT;
  }

  private static NewSchema schema(Random random, int id) {
    String name = "R" + random.nextInt(6);
    boolean refers = random.nextInt(4) == 0;
    return new NewSchema(
        SchemaType.AVRO,
        "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[]}",
        refers ? List.of(new SchemaReference("Base", "base", -1)) : List.of(),
        id,
        0,
        null,
        null);
  }

  static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
