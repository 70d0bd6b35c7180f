package io.millrace.console.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.RowType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RowPipeTest {

  private static final RowType NO_TYPE = new RowType(List.of());
  private static final String WIDE = "x".repeat(10_000);

  private final RowPipe pipe = new RowPipe(RowLines.NDJSON);
  private final AtomicInteger given = new AtomicInteger();

  private Thread job(int rows) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (int i = 0; i < rows; i++) {
                pipe.row(List.of(i, WIDE), NO_TYPE);
                given.incrementAndGet();
              }
              pipe.end();
            });
  }

  @Test
  void aJobWaitsForAClientThatDoesNotRead() throws Exception {
    Thread job = job(1000);

    Awaitility.await().until(() -> job.getState() == Thread.State.WAITING);
    assertThat(given.get()).as("rows of 10 kB in 256 KiB").isBetween(20, 30);

    int lines = 0;
    for (byte[] piece = pipe.take(Duration.ofSeconds(10));
        piece != null;
        piece = pipe.take(Duration.ofSeconds(10))) {
      lines += (int) new String(piece, StandardCharsets.UTF_8).lines().count();
    }
    assertThat(lines).isEqualTo(1000);
  }

  @Test
  void aCancelledJobIsNotHeldBack() throws Exception {
    Thread job = job(1000);
    Awaitility.await().until(() -> job.getState() == Thread.State.WAITING);

    pipe.cancelled();

    job.join(10_000);
    assertThat(job.isAlive()).isFalse();
  }

  @Test
  void whoWaitsForRowsThatDoNotComeIsToldSo() throws Exception {
    assertThat(pipe.take(Duration.ofMillis(5))).isEmpty();
  }
}
