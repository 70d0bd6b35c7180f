package io.millrace.app.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Guesses what a mistyped name was meant to be. */
final class Spelling {

  private Spelling() {}

  /** The candidate that takes the fewest edits, or null when none is near. */
  static @Nullable String closest(String name, Collection<String> candidates) {
    String best = null;
    // Only the last part of a path counts: what stands before it is the same for all.
    int fewest = Math.max(2, (name.length() - name.lastIndexOf('.') - 1) / 2 + 1);
    for (String candidate : candidates) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein's distance. */
  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
