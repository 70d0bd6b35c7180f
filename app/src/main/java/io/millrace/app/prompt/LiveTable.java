package io.millrace.app.prompt;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jline.terminal.Terminal;

/**
 * The newest rows of a SELECT in a terminal, drawn in place a few times a second. Rows come from
 * one thread, {@link #draw} from another.
 */
final class LiveTable {

  private static final int LINES_AROUND = 4;
  private static final int WIDEST_CELL = 40;

  private final Terminal terminal;
  private final List<String> columns;
  private final Deque<List<String>> rows = new ArrayDeque<>();
  private long count;
  private boolean changed = true;
  private int drawnLines;

  LiveTable(Terminal terminal, List<String> columns) {
    this.terminal = terminal;
    this.columns = columns;
  }

  synchronized void add(List<String> row) {
    rows.addLast(row);
    while (rows.size() > mostRows()) {
      rows.removeFirst();
    }
    count++;
    changed = true;
  }

  private int mostRows() {
    return Math.max(5, terminal.getSize().getRows() - LINES_AROUND);
  }

  /** Draws again over what was drawn, if anything changed. */
  synchronized void draw() {
    if (!changed) {
      return;
    }
    changed = false;
    List<String> lines = lines(columns, new ArrayList<>(rows), terminal.getSize().getColumns());
    lines.add(count + " rows; Ctrl-C stops");
    PrintWriter out = terminal.writer();
    if (drawnLines > 0) {
      out.print("\033[" + drawnLines + "A\033[J");
    }
    lines.forEach(out::println);
    out.flush();
    drawnLines = lines.size();
  }

  /** A table as lines that are not wider than {@code width}; 0 for any width. */
  static List<String> lines(List<String> columns, List<List<String>> rows, int width) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = cell(columns, i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], cell(row, i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(columns, widths, width));
    StringBuilder rule = new StringBuilder();
    for (int each : widths) {
      rule.repeat('-', each).append("  ");
    }
    lines.add(cut(rule.toString().stripTrailing(), width));
    rows.forEach(row -> lines.add(line(row, widths, width)));
    return lines;
  }

  private static String line(List<String> row, int[] widths, int width) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cell(row, i);
      line.append(cell).repeat(' ', widths[i] - cell.length() + 2);
    }
    return cut(line.toString().stripTrailing(), width);
  }

  private static String cell(List<String> row, int column) {
    String text = column < row.size() ? row.get(column) : "";
    // A control character of a record could drive the terminal.
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > WIDEST_CELL ? plain.substring(0, WIDEST_CELL - 1) + "…" : plain;
  }

  private static String cut(String line, int width) {
    return width > 0 && line.length() > width ? line.substring(0, width) : line;
  }
}
