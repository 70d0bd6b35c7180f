package io.millrace.cdn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.RawAnswer;
import io.millrace.cdn.ScriptedOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes and reclaims its disk tier. */
class DiskCacheKillTest {

  private static final int RESOURCES = 400;
  private static final int CLIENTS = 4;
  private static final int KILLS = 3;

  @TempDir private Path folder;

  /** What there is at a path, always: of a few bytes up to some hundred thousand. */
  private static byte[] content(int resource) {
    Random random = new Random(resource);
    byte[] content = new byte[resource % 20 == 0 ? 500_000 : 1 + random.nextInt(200_000)];
    random.nextBytes(content);
    return content;
  }

  private static int resource(String line) {
    return Integer.parseInt(line.substring(line.indexOf('/') + 1, line.lastIndexOf(' ')));
  }

  @Test
  void whatAKilledEdgeServesAfterwardsIsWhole() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin()) {
      origin.answers(
          (request, out) -> {
            byte[] body = content(resource(request.line()));
            out.write(
                ("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
          });
      for (int kill = 0; kill < KILLS; kill++) {
        runAndKill(origin.port(), kill);
      }
      Process edge = start(origin.port());
      try {
        int port = port(edge);
        origin.answers(
            (request, out) -> {
              throw new IOException("from here on there is only what is stored");
            });
        int hits = 0;
        for (int resource = 0; resource < RESOURCES; resource++) {
          RawAnswer answer = RawAnswer.get(port, "site", "/" + resource);
          if (answer.status() == 200) {
            assertThat(answer.body()).isEqualTo(content(resource));
            hits++;
          }
        }
        assertThat(hits).isPositive();
      } finally {
        kill(edge);
      }
    }
  }

  /** Clients ask for this and that until the process is killed under them. */
  private void runAndKill(int originPort, int seed) throws Exception {
    Process edge = start(originPort);
    AtomicReference<AssertionError> wrong = new AtomicReference<>();
    AtomicInteger answers = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    try {
      int port = port(edge);
      for (int client = 0; client < CLIENTS; client++) {
        Random random = new Random(seed * 100L + client);
        clients.add(
            Thread.startVirtualThread(
                () -> {
                  while (!over.get()) {
                    int resource = random.nextInt(RESOURCES);
                    try {
                      RawAnswer answer = RawAnswer.get(port, "site", "/" + resource);
                      assertThat(answer.status()).isEqualTo(200);
                      assertThat(answer.body()).isEqualTo(content(resource));
                      answers.incrementAndGet();
                    } catch (IOException e) {
                      // The process was killed.
                    } catch (AssertionError e) {
                      wrong.compareAndSet(null, e);
                    }
                  }
                }));
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> answers.get() > 300 + new Random(seed).nextInt(200) || wrong.get() != null);
    } finally {
      kill(edge);
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
    }
    assertThat(wrong.get()).isNull();
  }

  private Process start(int originPort) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            EdgeProgram.class.getName(),
            folder.toString(),
            Integer.toString(originPort))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static int port(Process edge) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(edge.getInputStream(), StandardCharsets.US_ASCII));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.matches("[0-9]+")) {
        return Integer.parseInt(line);
      }
    }
    throw new IOException("the edge has ended");
  }

  private static void kill(Process edge) throws InterruptedException {
    edge.destroyForcibly().waitFor();
  }
}
