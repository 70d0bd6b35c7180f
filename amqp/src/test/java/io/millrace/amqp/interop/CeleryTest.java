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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Celery as Debian has it, with workers that are processes of their own. */
class CeleryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCRIPTS =
      Path.of(System.getProperty("project.root", ".."), "amqp", "src", "test", "interop")
          .toAbsolutePath();
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;
  private NodeFixture node;
  private final List<ClientProcess> running = new ArrayList<>();

  @BeforeEach
  void start() {
    ClientProcess.requireInstalled(PYTHON, "-c", "import celery");
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    running.forEach(ClientProcess::close);
    if (node != null) {
      node.close();
    }
  }

  private ClientProcess begin(String... command) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "/usr/bin/env",
                "PYTHONPATH=" + SCRIPTS,
                "PYTHONDONTWRITEBYTECODE=1",
                "AMQP_URL=amqp://guest:guest@127.0.0.1:" + node.port() + "//",
                PYTHON,
                "-u"));
    all.addAll(List.of(command));
    ClientProcess process = ClientProcess.start(folder, all);
    running.add(process);
    return process;
  }

  private ClientProcess client(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve("celery_client.py").toString()));
    command.addAll(List.of(arguments));
    return begin(command.toArray(String[]::new));
  }

  /** A worker that runs its tasks itself, so that the end of its process is the end of its task. */
  private ClientProcess worker(String name) throws IOException {
    ClientProcess worker =
        begin(
            "-m",
            "celery",
            "-A",
            "celery_app",
            "worker",
            "--pool",
            "solo",
            "-n",
            name + "@%h",
            "--loglevel",
            "INFO");
    await().atMost(PATIENCE).until(() -> !worker.isAlive() || worker.errors().contains(" ready."));
    assertThat(worker.isAlive()).as("%s", worker.errors()).isTrue();
    return worker;
  }

  @Test
  void tasksAreDoneRetriedAndAnsweredThroughTheRpcBackend() throws Exception {
    worker("one");
    assertThat(client("results").await().strip())
        .isEqualTo(
            "{\"sum\": 5, \"many\": true, \"later\": 8, \"retries\": 2, \"error\": \"no such thing\","
                + " \"workers\": 1}");
  }

  @Test
  void theTaskOfAWorkerThatIsKilledGoesToAnotherOne() throws Exception {
    Path seen = Files.createDirectory(folder.resolve("seen"));
    ClientProcess first = worker("one");
    ClientProcess client = client("waits", seen.toString());
    await().atMost(PATIENCE).until(() -> begun(seen).size() == 1);
    String killed = begun(seen).getFirst();
    worker("two");
    first.kill();
    await().atMost(PATIENCE).until(() -> begun(seen).size() == 2);
    Files.createFile(seen.resolve("go"));
    String other = begun(seen).stream().filter(pid -> !pid.equals(killed)).toList().getFirst();
    assertThat(client.await().strip()).isEqualTo(other);
  }

  /** The processes that have begun the task. */
  private static List<String> begun(Path seen) throws IOException {
    try (Stream<Path> files = Files.list(seen)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("begun-"))
          .map(name -> name.substring("begun-".length()))
          .toList();
    }
  }
}
