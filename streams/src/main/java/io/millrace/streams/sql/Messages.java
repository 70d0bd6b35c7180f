package io.millrace.streams.sql;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How lists and names are written in messages. */
final class Messages {

  private static final int LONGEST = 40;

  private Messages() {}

  /** The text on one line, cut when it is long. */
  static String shorten(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }

  /** {@code 1 column}, {@code 2 columns}. */
  static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code a, b and c}. */
  static String and(Collection<String> names) {
    return listed(names, " and ");
  }

  /** {@code a, b or c}. */
  static String oneOf(Collection<String> names) {
    return listed(names, " or ");
  }

  private static String listed(Collection<String> names, String word) {
    List<String> list = List.copyOf(names);
    if (list.size() < 2) {
      return String.join("", list);
    }
    return String.join(", ", list.subList(0, list.size() - 1)) + word + list.getLast();
  }

  /**
   * What to say after "there is no …": the most alike of the names there are, or the names
   * themselves when they are few, or nothing.
   */
  static String instead(String unknown, Collection<String> known) {
    List<String> alike =
        known.stream()
            .filter(name -> distance(unknown, name) <= unknown.length() / 3)
            .sorted((a, b) -> Integer.compare(distance(unknown, a), distance(unknown, b)))
            .limit(3)
            .toList();
    if (!alike.isEmpty()) {
      return "; did you mean " + oneOf(alike) + "?";
    }
    if (known.isEmpty()) {
      return "";
    }
    String all = known.stream().limit(12).collect(Collectors.joining(", "));
    String verb = known.size() == 1 ? "; there is " : "; there are ";
    return verb + all + (known.size() > 12 ? ", …" : "");
  }

  /** How many letters must be changed, added or left out; case does not count. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    if (Math.abs(a.length() - b.length()) > 8 || a.length() > 100) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
