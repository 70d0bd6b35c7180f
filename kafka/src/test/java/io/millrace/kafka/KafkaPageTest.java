package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.control.BrokerSettingTable;
import io.millrace.kafka.net.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tables of docs/kafka.md and docs/broker-settings.md are made from the code, so they are true.
 * To write them anew, run this test with {@code -Ddocs.update=true} among the test JVM's options.
 */
class KafkaPageTest {

  private static final Path DOCS =
      Path.of(System.getProperty("project.root", "..")).resolve("docs");

  @TempDir Path folder;

  @Test
  void theTableOfRequestsIsThatOfTheCode() throws IOException {
    check("kafka.md", "apis", apis());
  }

  @Test
  void theTableOfBrokerSettingsIsThatOfTheCode() throws IOException {
    check("broker-settings.md", "settings", brokerSettings());
  }

  private static void check(String name, String table, String made) throws IOException {
    Path file = DOCS.resolve(name);
    String page = Files.readString(file);
    String expected = replace(page, table, made);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(file, expected);
      page = expected;
    }
    assertThat(page).isEqualTo(expected);
  }

  private String brokerSettings() {
    StringBuilder table =
        new StringBuilder("| setting of Kafka | here it is | how |\n|---|---|---|\n");
    try (NodeFixture node = new NodeFixture(folder)) {
      for (BrokerSettingTable.Entry entry :
          new BrokerSettingTable(node.broker(), KafkaSettings.defaults().byName()).all()) {
        boolean ofThisMachine =
            entry.name().startsWith("log.dir") || entry.name().equals("num.network.threads");
        String value = ofThisMachine ? null : entry.value();
        table.append(
            "| `%s` | %s | %s |\n"
                .formatted(entry.name(), value == null ? "" : value, entry.how()));
      }
    }
    return table.toString();
  }

  private static String replace(String page, String name, String table) {
    String begin = "<!-- table: " + name + " -->\n";
    String end = "<!-- end -->";
    int from = page.indexOf(begin) + begin.length();
    assertThat(from).as("the page has a place for %s", name).isGreaterThanOrEqualTo(begin.length());
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
