package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Connect copies the lines of a file into a topic, and out into another file. */
@ExtendWith(SharedNode.class)
class ConnectIT {

  private static final String SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector";
  private static final String SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector";

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(2));
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
  }

  /**
   * The connector reads blocks of 1024 characters, and whole lines that wait behind a full batch at
   * the end of a file are not sent until more is written: so a block holds no two lines.
   */
  private static String padded(String line) {
    return line + " ".repeat(1000 - line.length());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static Path properties(Path file, Map<String, String> settings) throws IOException {
    return Files.writeString(
        file,
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
            .collect(Collectors.joining()));
  }

  private static Map<String, String> with(Map<String, String> settings, String... more) {
    Map<String, String> all = new TreeMap<>(settings);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static Map<String, String> worker(String bootstrap, int port) {
    return Map.of(
        "bootstrap.servers", bootstrap,
        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
        "value.converter", "org.apache.kafka.connect.storage.StringConverter",
        "offset.flush.interval.ms", "200",
        // A killed member is missed soon.
        "consumer.session.timeout.ms", "6000",
        "consumer.heartbeat.interval.ms", "500",
        "listeners", "http://127.0.0.1:" + port,
        "plugin.discovery", "service_load");
  }

  @Test
  void aStandaloneWorkerGoesOnWhereItWasKilled(Tools tools, @TempDir Path folder) throws Exception {
    Path in = Files.write(folder.resolve("in"), lines(0, 300));
    Path out = folder.resolve("out");
    int port = freePort();
    List<String> arguments =
        List.of(
            properties(
                    folder.resolve("worker"),
                    with(
                        worker(tools.bootstrap(), port),
                        "offset.storage.file.filename",
                        folder.resolve("offsets").toString()))
                .toString(),
            properties(
                    folder.resolve("source"),
                    Map.of(
                        "name",
                        "reader",
                        "connector.class",
                        SOURCE,
                        "file",
                        in.toString(),
                        "topic",
                        "lines"))
                .toString(),
            properties(
                    folder.resolve("sink"),
                    Map.of(
                        "name",
                        "writer",
                        "connector.class",
                        SINK,
                        "file",
                        out.toString(),
                        "topics",
                        "lines"))
                .toString());
    String main = "org.apache.kafka.connect.cli.ConnectStandalone";

    try (Program worker = Program.start(main, arguments);
        ConnectRest rest = new ConnectRest(port)) {
      await().until(() -> isWritten(out, 300, worker));
      // What is not committed when a worker is killed comes again: at least once is all it
      // promises.
      await()
          .until(
              () ->
                  offset(rest, "reader", "position") == Files.size(in)
                      && offset(rest, "writer", "kafka_offset") == 300);
    }
    Files.write(in, lines(300, 500), StandardOpenOption.APPEND);
    try (Program worker = Program.start(main, arguments)) {
      await().until(() -> isWritten(out, 500, worker));
    }
    assertThat(Files.readAllLines(out)).isEqualTo(lines(0, 500));
    assertThat(Setup.values(tools.bootstrap(), "lines")).isEqualTo(lines(0, 500));
  }

  private static boolean isWritten(Path out, int lines, Program worker) throws IOException {
    assertThat(worker.isAlive()).as("runs: %s", worker.errors()).isTrue();
    return Files.exists(out) && Files.readAllLines(out).size() >= lines;
  }

  private static long offset(ConnectRest rest, String connector, String name)
      throws InterruptedException {
    return rest.get("/connectors/" + connector + "/offsets")
        .at("/offsets/0/offset/" + name)
        .asLong(-1);
  }

  @Test
  void workersOfAGroupTakeOverFromOneThatIsKilledAndReadEachLineOnce(
      Tools tools, @TempDir Path folder) throws Exception {
    int count = 1500;
    List<String> lines = lines(0, count).stream().map(ConnectIT::padded).toList();
    Path in = Files.write(folder.resolve("in"), lines);
    Path out = folder.resolve("out");
    List<Integer> ports = List.of(freePort(), freePort());
    List<Program> workers = new ArrayList<>();
    List<ConnectRest> rests = new ArrayList<>();
    try {
      for (int port : ports) {
        workers.add(startDistributed(tools.bootstrap(), port, folder));
        rests.add(new ConnectRest(port));
      }
      for (ConnectRest rest : rests) {
        await().until(() -> rest.get("/connectors").isArray());
      }
      rests
          .getFirst()
          .create(
              "file-reader",
              Map.of(
                  "connector.class", SOURCE,
                  "file", in.toString(),
                  "topic", "each-line",
                  "batch.size", "3",
                  "exactly.once.support", "required"));
      await().until(() -> worker(rests.getFirst(), "file-reader") != 0);
      await().until(() -> Setup.values(tools.bootstrap(), "each-line").size() > count / 20);

      int owner = ports.indexOf(worker(rests.getFirst(), "file-reader"));
      workers.get(owner).close();
      ConnectRest survivor = rests.get(1 - owner);
      await().until(() -> worker(survivor, "file-reader") == ports.get(1 - owner));
      await().until(() -> Setup.values(tools.bootstrap(), "each-line").size() >= count);
      assertThat(Setup.values(tools.bootstrap(), "each-line")).isEqualTo(lines);

      survivor.create(
          "file-writer",
          Map.of("connector.class", SINK, "file", out.toString(), "topics", "each-line"));
      await().until(() -> isWritten(out, count, workers.get(1 - owner)));
      assertThat(Files.readAllLines(out)).isEqualTo(lines);
      assertThat(survivor.get("/connectors").toString()).contains("file-reader", "file-writer");
    } finally {
      for (ConnectRest rest : rests) {
        rest.close();
      }
      for (Program worker : workers) {
        worker.close();
      }
    }
  }

  private static Program startDistributed(String bootstrap, int port, Path folder)
      throws IOException {
    Map<String, String> settings =
        with(
            worker(bootstrap, port),
            "group.id",
            "connectors",
            "config.storage.topic",
            "connect-configs",
            "config.storage.replication.factor",
            "1",
            "offset.storage.topic",
            "connect-offsets",
            "offset.storage.replication.factor",
            "1",
            "offset.storage.partitions",
            "3",
            "status.storage.topic",
            "connect-status",
            "status.storage.replication.factor",
            "1",
            "status.storage.partitions",
            "2",
            "exactly.once.source.support",
            "enabled",
            "session.timeout.ms",
            "6000",
            "heartbeat.interval.ms",
            "500",
            "scheduled.rebalance.max.delay.ms",
            "500",
            "consumer.isolation.level",
            "read_committed");
    return Program.start(
        "org.apache.kafka.connect.cli.ConnectDistributed",
        List.of(properties(folder.resolve("worker-" + port), settings).toString()));
  }

  /** The port of the worker that runs a connector's task; 0 while none does. */
  private static int worker(ConnectRest rest, String connector) throws InterruptedException {
    JsonNode task = rest.get("/connectors/" + connector + "/status").at("/tasks/0");
    return task.path("state").asText().equals("RUNNING")
        ? Integer.parseInt(task.path("worker_id").asText().replaceFirst(".*:", ""))
        : 0;
  }
}
