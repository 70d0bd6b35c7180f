package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.net.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of docs/kafka.md is made from the code, so it is true. To write it anew, run this test
 * with {@code -Ddocs.update=true} among the test JVM's options.
 */
class KafkaPageTest {

  private static final Path PAGE =
      Path.of(System.getProperty("project.root", "..")).resolve("docs/kafka.md");

  @TempDir Path folder;

  @Test
  void tableIsThatOfTheCode() throws IOException {
    String page = Files.readString(PAGE);
    String expected = replace(page, "apis", apis());
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(PAGE, expected);
    }
    assertThat(page).isEqualTo(expected);
  }

  private static String replace(String page, String name, String table) {
    String begin = "<!-- table: " + name + " -->\n";
    String end = "<!-- end -->";
    int from = page.indexOf(begin) + begin.length();
    assertThat(from).as("%s has a place for %s", PAGE, name).isGreaterThanOrEqualTo(begin.length());
    return page.substring(0, from) + table + page.substring(page.indexOf(end, from));
  }

  private String apis() {
    try (NodeFixture node = new NodeFixture(folder)) {
      return node.server().apis().apis().stream()
          .sorted(Comparator.comparingInt(Api::key))
          .map(
              api ->
                  "| %d | %s | %d–%d |%n"
                      .formatted(api.key(), api.name(), api.minVersion(), api.maxVersion()))
          .collect(Collectors.joining("", "| key | request | versions |\n|---|---|---|\n", ""));
    }
  }
}
