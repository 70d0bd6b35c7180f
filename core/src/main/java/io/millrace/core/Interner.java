package io.millrace.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps one of each of the values that are equal, so that ten thousand things that were made alike
 * share what they have in common. Values are immutable. Any thread.
 *
 * <p>Bound: once it has as many different values as it may, it forgets all of them; who has one
 * keeps it, and those to come share another.
 */
public final class Interner<T> {

  private final int most;
  private final Map<T, T> values = new ConcurrentHashMap<>();

  /**
   * @param most different values that it keeps, from 1
   */
  public Interner(int most) {
    this.most = most;
  }

  /** The value that was given first of those that are equal to this one. */
  public T intern(T value) {
    T present = values.get(value);
    if (present != null) {
      return present;
    }
    if (values.size() >= most) {
      values.clear();
    }
    T other = values.putIfAbsent(value, value);
    return other == null ? value : other;
  }
}
