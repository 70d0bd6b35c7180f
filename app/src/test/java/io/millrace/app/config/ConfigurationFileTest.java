package io.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {

  private static final Path FOLDER = Path.of("/etc/millrace");

  private static Configuration read(String text) {
    return ConfigurationFile.parse(text, "millrace.yaml", FOLDER);
  }

  @Test
  void everyKeyHasTheValueThatTheFileGivesIt() {
    Configuration read =
        read(
            """
            data: /var/lib/millrace
            kafka:
              port: 19092
              idle-timeout: 90s
            topics:
              durability: commit
              retention-size: 2GiB
            """);
    assertThat(read.get(Keys.DATA)).isEqualTo(Path.of("/var/lib/millrace"));
    assertThat(read.get(KafkaKeys.PORT)).isEqualTo(19092);
    assertThat(read.get(KafkaKeys.IDLE_TIMEOUT)).isEqualTo(Duration.ofSeconds(90));
    assertThat(read.get(TopicKeys.DURABILITY)).isEqualTo(Durability.COMMIT);
    assertThat(read.find(TopicKeys.RETENTION_SIZE)).isEqualTo(2L << 30);
    assertThat(read.get(EdgeKeys.PORT)).as("a key that is absent").isEqualTo(8080);
    assertThat(read.find(KafkaKeys.ADVERTISED_HOST)).isNull();
  }

  @Test
  void pathsStartAtTheFolderOfTheFile() {
    Configuration read =
        read(
            """
            data: store
            jobs: [board.sql, /opt/late.sql]
            """);
    assertThat(read.get(Keys.DATA)).isEqualTo(FOLDER.resolve("store"));
    assertThat(read.list(Keys.JOB.path()))
        .extracting(item -> item.get(Keys.JOB))
        .containsExactly(FOLDER.resolve("board.sql"), Path.of("/opt/late.sql"));
  }

  @Test
  void listsOfRoutesAndViewsKeepTheirOrderAndLines() {
    Configuration read =
        read(
            """
            edge:
              routes:
                - {path: /static, folder: public}
                - path: /api
                  proxy: http://127.0.0.1:3000
              views:
                - path: /board
                  topics:
                    - topic: departures
                      keep: 24
                    - topic: delays
            """);
    assertThat(read.list(EdgeKeys.ROUTES))
        .extracting(route -> route.require(EdgeKeys.ROUTE_PATH))
        .containsExactly("/static", "/api");
    assertThat(read.list(EdgeKeys.ROUTES).get(1).place()).isEqualTo("millrace.yaml line 4");
    Configuration view = read.list(EdgeKeys.VIEWS).getFirst();
    assertThat(view.list(EdgeKeys.VIEW_TOPICS))
        .extracting(topic -> topic.get(EdgeKeys.VIEW_KEEP))
        .containsExactly(24, 1);
  }

  @Test
  void anUnknownKeyIsNamedWithItsLineAndTheNearestKeyThereIs() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    kafka:
                      port: 9092
                      prot: 9093
                    """))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("millrace.yaml line 3: there is no key kafka.prot; did you mean kafka.port?");
  }

  @Test
  void anUnknownKeyWithoutANearOneIsAnsweredWithAllThatAreAllowed() {
    assertThatThrownBy(() -> read("console:\n  zookeeper: true\n"))
        .hasMessage(
            "millrace.yaml line 2: there is no key console.zookeeper; allowed here:"
                + " console.allowed-hosts, console.max-body-bytes, console.max-connections,"
                + " console.port");
  }

  @Test
  void anUnknownKeyOfAListItemIsFoundToo() {
    assertThatThrownBy(() -> read("edge:\n  routes:\n    - path: /x\n      foldr: y\n"))
        .hasMessage(
            "millrace.yaml line 4: there is no key edge.routes[].foldr; did you mean"
                + " edge.routes[].folder?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka: {port: many}           | kafka.port is "many"; allowed: a number from 0 to 65535
          kafka: {port: 70000}          | kafka.port is "70000"; allowed: a number from 0 to 65535
          topics: {durability: fsync}   | topics.durability is "fsync"; allowed: os, interval, commit
          kafka: {idle-timeout: 10}     | kafka.idle-timeout is "10"; allowed: a time such as 500ms, 30s, 10m, 12h or 7d
          kafka: {port: [1, 2]}         | kafka.port has more than one value; allowed: a number from 0 to 65535
          kafka: 9092                   | kafka has keys of its own, such as kafka.advertised-host
          console: {allowed-hosts: "a b"} | console.allowed-hosts is "a b"; allowed: host names, separated by commas
          console: {max-body-bytes: 1GiB} | console.max-body-bytes is "1GiB"; allowed: a size such as 65536, 512KiB, 64MiB or 2GiB, from 1KiB to 16777216 bytes
          jobs: board.sql               | jobs[] is a list; begin each item with a dash
          edge: {routes: [{proxy: ftp://x}]} | edge.routes[].proxy is "ftp://x"; allowed: an address such as http://127.0.0.1:3000
          """)
  void aValueThatCannotBeUsedIsToldWithWhatIsAllowed(String text, String problem) {
    assertThatThrownBy(() -> read(text)).hasMessage("millrace.yaml line 1: " + problem);
  }

  @Test
  void aKeyThatIsThereTwiceIsRefused() {
    assertThatThrownBy(() -> read("kafka:\n  port: 1\n  port: 2\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 3");
  }

  @Test
  void textThatIsNotYamlIsToldWithItsLine() {
    assertThatThrownBy(() -> read("kafka:\n  port: [1\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("millrace.yaml line ")
        .hasMessageContaining("not valid YAML");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> ConfigurationFile.read(Path.of("/nowhere/m.yaml")))
        .hasMessage("there is no file /nowhere/m.yaml");
  }

  @Test
  void anAssignmentChangesOneKey() {
    Configuration changed = Configuration.USUAL.assign("kafka.port=1234", "--set");
    assertThat(changed.get(KafkaKeys.PORT)).isEqualTo(1234);
    assertThatThrownBy(() -> Configuration.USUAL.assign("kafka.prt=1234", "--set"))
        .hasMessage("--set: there is no key kafka.prt; did you mean kafka.port?");
  }

  @Property(tries = 200)
  void anyTextIsReadOrRefusedWithAPlace(@ForAll String text) {
    try {
      Objects.requireNonNull(read(text));
    } catch (ConfigurationException e) {
      assertThat(e).hasMessageStartingWith("millrace.yaml");
    }
  }

  @Test
  void everyUsualValueIsAllowed() {
    for (Key<?> key : Keys.ALL) {
      if (key.usual() != null) {
        assertThat(Configuration.USUAL.find(key)).as(key.path()).isNotNull();
      }
    }
  }

  /** To write the table anew, run this with {@code -Ddocs.update=true} among the JVM's options. */
  @Test
  void thePageOfTheConfigurationHasEveryKey() throws IOException {
    Path page = Path.of(System.getProperty("project.root", ".."), "docs", "configuration.md");
    List<String> expected = Keys.ALL.stream().map(this::row).toList();
    List<String> lines = Files.readAllLines(page);
    if (Boolean.getBoolean("docs.update")) {
      int table =
          lines.indexOf(
              lines.stream().filter(ConfigurationFileTest::isKey).findFirst().orElseThrow());
      lines.removeIf(ConfigurationFileTest::isKey);
      lines.addAll(table, expected);
      Files.write(page, lines);
    }
    assertThat(lines.stream().filter(ConfigurationFileTest::isKey))
        .containsExactlyElementsOf(expected);
  }

  private static boolean isKey(String row) {
    return row.startsWith("| `") && !row.startsWith("| `MILLRACE");
  }

  private String row(Key<?> key) {
    String usual = key.usual() == null ? "" : "`" + key.usual() + "`";
    return "| `%s` | %s | %s | %s |"
        .formatted(key.path(), usual, key.kind().allowed(), key.meaning());
  }
}
