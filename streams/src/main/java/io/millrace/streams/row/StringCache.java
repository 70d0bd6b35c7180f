package io.millrace.streams.row;

import org.jspecify.annotations.Nullable;

/**
 * Gives the same {@link String} for the same text while it stays in the cache: columns with few
 * distinct values (airports, countries, states) are then read without allocating. Direct mapped, so
 * a new text drops the one in its place. Confined to one thread.
 */
public final class StringCache {

  private static final int SLOTS = 4096;
  private static final int LONGEST = 64;

  private final @Nullable String[] slots = new String[SLOTS];

  /** The text as a string. */
  public String get(CharSlice text) {
    int length = text.length();
    if (length == 0) {
      return "";
    }
    if (length > LONGEST) {
      return text.toString();
    }
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    String cached = slots[slot];
    if (cached != null && cached.contentEquals(text)) {
      return cached;
    }
    String made = text.toString();
    slots[slot] = made;
    return made;
  }
}
