package io.millrace.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The file {@code board.sql}, with the watermark's lag that the demo is run with. */
final class BoardSql {

  /** How the file writes its lag; it stands there once. */
  static final String LAG = "INTERVAL '30' MINUTE";

  private BoardSql() {}

  /**
   * The script with another lag; with the file's own lag it is the file as it is.
   *
   * @param lag whole minutes, from 0 to 99999
   * @throws IOException when the file cannot be read, or does not have its lag exactly once
   */
  static String read(Path file, Duration lag) throws IOException {
    String script = Files.readString(file);
    int at = script.indexOf(LAG);
    if (at < 0 || script.indexOf(LAG, at + 1) >= 0) {
      throw new IOException(file + " must have " + LAG + " once: it is what --lag changes");
    }
    return script.substring(0, at) + interval(lag) + script.substring(at + LAG.length());
  }

  private static String interval(Duration lag) {
    long minutes = lag.toMinutes();
    // Standard SQL gives a field of an interval two digits unless it says more.
    return "INTERVAL '" + minutes + "' MINUTE" + (minutes > 99 ? "(5)" : "");
  }
}
