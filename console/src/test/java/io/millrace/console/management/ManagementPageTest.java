package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of docs/amqp-management.md is made from the code, so it is true. To write it anew, run
 * this test with {@code -Ddocs.update=true} among the test JVM's options.
 */
class ManagementPageTest {

  private static final Path PAGE =
      Path.of(System.getProperty("project.root", "..")).resolve("docs/amqp-management.md");
  private static final String BEGIN = "<!-- table: endpoints -->\n";
  private static final String END = "<!-- end -->";

  @TempDir Path folder;

  @Test
  void theTableOfEndpointsIsThatOfTheCode() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    String expected =
        page.substring(0, from) + endpoints() + page.substring(page.indexOf(END, from));
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(PAGE, expected);
      page = expected;
    }
    assertThat(page).isEqualTo(expected);
  }

  private String endpoints() {
    try (ManagementFixture node = new ManagementFixture(folder)) {
      List<ManagementEndpoint> all = node.endpoints();
      return all.stream()
          .map(
              each ->
                  "| %s | `%s` | %s | %s |%n"
                      .formatted(
                          each.method(),
                          each.path(),
                          each.access() == Access.ANYBODY
                              ? ""
                              : each.access().name().toLowerCase(Locale.ROOT),
                          each.does()))
          .collect(
              Collectors.joining("", "| method | below `/api` | tag | |\n|---|---|---|---|\n", ""));
    }
  }
}
