package io.millrace.app.demo;

import java.io.PrintStream;

/**
 * Tells a person how far the demo is: on a terminal one line that is written over and over, else a
 * line now and then. Used by one thread.
 */
final class DemoProgress {

  private static final long TERMINAL_MILLIS = 150;
  private static final long FILE_MILLIS = 5_000;

  /** So that a line fits into 80 columns. */
  private static final int BAR = 12;

  private static final String ERASE_LINE = "\r\033[2K";
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  private final PrintStream out;
  private final boolean terminal;
  private long shownNanos;
  private boolean open;

  /**
   * Shows nothing yet.
   *
   * @param terminal whether a line can be written over
   */
  DemoProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.shownNanos = System.nanoTime() - FILE_MILLIS * 1_000_000;
  }

  /** A line that stays. */
  void say(String line) {
    end();
    out.println(line);
    out.flush();
  }

  /**
   * How far it is, as often as it makes sense.
   *
   * @param part done, from 0 to 1
   */
  void show(double part, String what) {
    long now = System.nanoTime();
    if (now - shownNanos < (terminal ? TERMINAL_MILLIS : FILE_MILLIS) * 1_000_000) {
      return;
    }
    shownNanos = now;
    if (terminal) {
      out.print(ERASE_LINE + "  " + bar(part) + "  " + what);
      open = true;
    } else {
      out.println("  " + Math.round(part * 100) + " %  " + what);
    }
    out.flush();
  }

  /** Takes the line away that is written over. */
  void end() {
    if (open) {
      out.print(ERASE_LINE);
      out.flush();
      open = false;
    }
  }

  private static String bar(double part) {
    int eighths = (int) Math.round(Math.clamp(part, 0.0, 1.0) * BAR * 8);
    StringBuilder bar = new StringBuilder("▕");
    for (int cell = 0; cell < BAR; cell++) {
      int filled = Math.clamp(eighths - cell * 8L, 0, 8);
      bar.append(filled == 8 ? '█' : EIGHTHS.charAt(filled));
    }
    return bar.append('▏').toString();
  }
}
