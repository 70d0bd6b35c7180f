package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.Launcher.Result;
import io.millrace.app.Launcher.RunningNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartIT {

  private static final int ENDED_BY_SIGTERM = 143;

  @TempDir private Path folder;

  @Test
  void theProcessOfTheLauncherBecomesTheNode() throws Exception {
    try (RunningNode node = RunningNode.start(folder.resolve("data"))) {
      String command =
          ProcessHandle.of(node.pid()).flatMap(handle -> handle.info().command()).orElse("");
      assertThat(command).endsWith("/bin/java");
    }
  }

  @Test
  void aNodePrintsWhereItListensAndEndsCleanlyOnSigterm() throws Exception {
    try (RunningNode node = RunningNode.start(folder.resolve("data"))) {
      assertThat(node.log().lines().map(line -> line.replaceFirst("\\s.*", "")))
          .containsExactly("kafka", "amqp", "amqp-management", "edge", "console");
      assertThat(node.log()).containsPattern("after \\d+ ms");
      assertThat(status(node.url("console") + "metrics")).isEqualTo(200);
      assertThat(node.terminate()).isEqualTo(ENDED_BY_SIGTERM);
      assertThat(node.log().lines()).as("nothing to complain about").hasSize(5);
    }
  }

  private static int status(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterKillAndRestart() throws Exception {
    Path data = folder.resolve("data");
    try (RunningNode node = RunningNode.start(data, "--set", "topics.durability=commit")) {
      Launcher.run("a\nb\nc\n", "produce", "orders", "-b", node.bootstrap()).succeeded();
      node.kill();
    }
    try (RunningNode node = RunningNode.start(data)) {
      Result read =
          Launcher.run("", "consume", "orders", "--from", "beginning", "-e", "-b", node.bootstrap())
              .succeeded();
      assertThat(read.out().lines()).containsExactly("a", "b", "c");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "amqp", "edge", "console"})
  void aTakenPortIsReportedWithTheFlagThatMovesIt(String name) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String taken = Integer.toString(other.getLocalPort());
      Result result =
          Launcher.run(
              "",
              "start",
              "--data",
              folder.resolve("data").toString(),
              "--kafka-port",
              name.equals("kafka") ? taken : "0",
              "--amqp-port",
              name.equals("amqp") ? taken : "0",
              "--edge-port",
              name.equals("edge") ? taken : "0",
              "--console-port",
              name.equals("console") ? taken : "0");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .isEqualToIgnoringNewLines(
              "millrace: "
                  + name
                  + " port "
                  + taken
                  + " is taken by another process on 127.0.0.1; use --"
                  + name
                  + "-port or --port-base to choose another one");
    }
  }

  @Test
  void aDataFolderInUseIsReportedByName() throws Exception {
    Path data = folder.resolve("data");
    try (RunningNode first = RunningNode.start(data)) {
      Result second =
          Launcher.run(
              "",
              "start",
              "--data",
              data.toString(),
              "--kafka-port",
              "0",
              "--amqp-port",
              "0",
              "--edge-port",
              "0",
              "--console-port",
              "0");
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err().lines()).hasSize(1);
      assertThat(second.err()).contains(data.toString());
      assertThat(status(first.url("console") + "metrics")).as("the first one").isEqualTo(200);
    }
  }

  @Test
  void aKeyThatDoesNotExistIsReportedWithItsLine() throws Exception {
    Path config =
        Files.writeString(folder.resolve("millrace.yaml"), "kafka:\n  port: 0\n  prot: 1\n");
    Result result = Launcher.run("", "start", "--config", config.toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "millrace: "
                + config
                + " line 3: there is no key kafka.prot; did you mean kafka.port?");
  }

  @Test
  void theFileAndTheFlagsAreBothHeeded() throws Exception {
    Path page = Files.createDirectories(folder.resolve("public"));
    Files.writeString(page.resolve("index.html"), "hello");
    Path config =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            """
            kafka: {port: 1}
            edge:
              routes:
                - {path: /, folder: public}
            """);
    try (RunningNode node =
        RunningNode.start(folder.resolve("data"), "--config", config.toString())) {
      assertThat(status(node.url("edge"))).isEqualTo(200);
    }
  }

  @Test
  void theLogIsJsonWhenAskedFor() throws Exception {
    try (RunningNode node = RunningNode.start(folder.resolve("data"), "--set", "log.format=json")) {
      assertThat(node.log().lines())
          .isNotEmpty()
          .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
    }
  }
}
