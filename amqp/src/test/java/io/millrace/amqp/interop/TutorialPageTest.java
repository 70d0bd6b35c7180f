package io.millrace.amqp.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.amqp.NodeFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/amqp-tutorials.md}, as they stand there. */
class TutorialPageTest {

  private static final Path PAGE =
      Path.of(System.getProperty("project.root", ".."), "docs", "amqp-tutorials.md");
  private static final Pattern PROGRAM =
      Pattern.compile(
          "^```python\\n# (\\S+\\.py)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;
  private NodeFixture node;
  private final List<ClientProcess> running = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    ClientProcess.requireInstalled(PYTHON, "-c", "import pika");
    Matcher program = PROGRAM.matcher(Files.readString(PAGE));
    while (program.find()) {
      Files.writeString(folder.resolve(program.group(1)), program.group(2));
    }
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    running.forEach(ClientProcess::close);
    if (node != null) {
      node.close();
    }
  }

  private List<String> command(String program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/env",
                "AMQP_URL=amqp://127.0.0.1:" + node.port(),
                PYTHON,
                "-u",
                folder.resolve(program).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a program to its end. */
  private String run(String program, String... arguments) throws Exception {
    try (ClientProcess process = ClientProcess.start(folder, command(program, arguments))) {
      return process.await().strip();
    }
  }

  /** Starts a program that goes on until it is ended, and waits until it says that it is ready. */
  private ClientProcess begin(String ready, String program, String... arguments) throws Exception {
    ClientProcess process = ClientProcess.start(folder, command(program, arguments));
    running.add(process);
    awaitOutput(process, ready);
    return process;
  }

  private static void awaitOutput(ClientProcess process, String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !process.isAlive() || process.output().contains(text));
    assertThat(process.isAlive()).as("%s", process).isTrue();
  }

  private static String linesAfterTheFirst(ClientProcess process) throws IOException {
    String output = process.output();
    return output.substring(output.indexOf('\n') + 1).strip();
  }

  @Test
  void helloIsReceivedThoughItWasSentBefore() throws Exception {
    assertThat(run("send.py")).isEqualTo("sent");
    awaitOutput(begin("waiting", "receive.py"), "got Good morning");
  }

  @Test
  void aTaskWhoseWorkerIsKilledGoesToAnotherOne() throws Exception {
    ClientProcess first = begin("waiting", "worker.py");
    assertThat(run("new_task.py", "dig " + ".".repeat(300), "rest")).isEqualTo("queued 2");
    awaitOutput(first, "begins dig");
    ClientProcess second = begin("waiting", "worker.py");
    awaitOutput(second, "finished rest");
    first.kill();
    awaitOutput(second, "begins dig " + ".".repeat(300) + " again");
  }

  @Test
  void anAnnouncementIsHeardByAllWhoListen() throws Exception {
    ClientProcess one = begin("listening", "listen.py");
    ClientProcess other = begin("listening", "listen.py");
    run("announce.py", "lunch");
    awaitOutput(one, "heard lunch");
    awaitOutput(other, "heard lunch");
  }

  @Test
  void aLogIsSeenByThoseWhoWatchItsSeverity() throws Exception {
    ClientProcess errors = begin("watching", "watch_log.py", "error");
    ClientProcess all = begin("watching", "watch_log.py", "info", "error");
    run("log.py", "info", "started");
    run("log.py", "debug", "nobody minds");
    run("log.py", "error", "disk full");
    awaitOutput(all, "error disk full");
    awaitOutput(errors, "error disk full");
    assertThat(linesAfterTheFirst(all)).isEqualTo("info started\nerror disk full");
    assertThat(linesAfterTheFirst(errors)).isEqualTo("error disk full");
  }

  @Test
  void aMeasurementIsSeenByThoseWhosePatternMatchesItsPlace() throws Exception {
    ClientProcess kitchens = begin("watching", "gauge.py", "*.kitchen.*", "#.last");
    ClientProcess all = begin("watching", "gauge.py", "#");
    run("measure.py", "house1.kitchen.heat", "21");
    run("measure.py", "house1.cellar.heat", "9");
    run("measure.py", "house2.kitchen.damp", "40");
    run("measure.py", "house2.last", "0");
    awaitOutput(kitchens, "house2.last 0");
    awaitOutput(all, "house2.last 0");
    assertThat(linesAfterTheFirst(kitchens))
        .isEqualTo("house1.kitchen.heat 21\nhouse2.kitchen.damp 40\nhouse2.last 0");
    assertThat(linesAfterTheFirst(all)).contains("house1.cellar.heat 9");
  }

  @Test
  void requestsAreAnsweredToWhoeverAsked() throws Exception {
    begin("serving", "square_server.py");
    assertThat(run("square_client.py", "7", "12")).isEqualTo("7 squared is 49\n12 squared is 144");
  }

  @Test
  void aPublisherIsToldWhatIsOnDiskAndWhatWentNowhere() throws Exception {
    assertThat(run("confirmed.py")).isEqualTo("10 are on disk\none came back");
  }
}
