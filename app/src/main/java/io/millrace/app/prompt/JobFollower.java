package io.millrace.app.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Shows how a job goes on, a line every second, until it ends. */
public final class JobFollower {

  private static final long INTERVAL_MILLIS = 1000;

  private final ConsoleClient console;
  private final PrintStream out;
  private final boolean inPlace;

  /**
   * @param inPlace on a terminal: each line replaces the last one
   */
  public JobFollower(ConsoleClient console, PrintStream out, boolean inPlace) {
    this.console = console;
    this.out = out;
    this.inPlace = inPlace;
  }

  /**
   * Follows a job.
   *
   * @throws SqlRefusedException when the job failed; the message says why
   */
  public void follow(String id, String name) throws InterruptedException {
    String last = "";
    while (true) {
      JsonNode job = console.job(id);
      String state = job.path("state").asText();
      String line = line(name, state, job);
      if (!line.equals(last)) {
        out.print(inPlace ? "\r\033[K" + line : line + System.lineSeparator());
        out.flush();
        last = line;
      }
      if (!state.equals("RUNNING")) {
        if (inPlace) {
          out.println();
        }
        String failure = job.path("failure").asText("");
        if (state.equals("FAILED")) {
          throw new SqlRefusedException("job " + name + " failed: " + failure);
        }
        return;
      }
      TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
    }
  }

  private static String line(String name, String state, JsonNode job) {
    JsonNode watermark = job.path("watermark");
    return "%s %s: %d rows in, %d out, %d late, %d records behind, watermark %s"
        .formatted(
            name,
            state.toLowerCase(Locale.ROOT),
            job.path("rowsIn").asLong(),
            job.path("rowsOut").asLong(),
            job.path("lateRows").asLong(),
            job.path("lag").asLong(),
            watermark.isNumber() ? Instant.ofEpochMilli(watermark.asLong()) : "none yet");
  }
}
