package io.millrace.cdn.purge;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * All purges that still count, by what they name. One thread applies them, in the order of the
 * topic; any thread asks.
 *
 * <p>A response carries a mark: how many purges had been applied when its origin was asked. A purge
 * concerns it if it names it and has an offset of the mark or above. So a purge takes one entry
 * here, however many responses it concerns, and also those that are on their way when it comes.
 */
public final class PurgeTable {

  /** No purge concerns the response. */
  public static final long NONE = -1;

  /** The response is not to be used any more. */
  public static final long HARD = -2;

  private static final int MOST_ENTRIES = 200_000;

  private final ConcurrentMap<String, Orders> urls = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Orders> keys = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Orders> prefixes = new ConcurrentHashMap<>();
  private volatile int[] prefixLengths = new int[0];
  private volatile Orders all = Orders.NONE;
  private volatile long floor = -1;
  private volatile long mark;

  /**
   * The last purges of one thing; offsets are -1 where there was none.
   *
   * @param soft offset of the last soft one, which came at softMillis
   */
  private record Orders(long hard, long soft, long softMillis) {

    static final Orders NONE = new Orders(-1, -1, -1);

    Orders with(Purge purge, long offset) {
      return purge.soft()
          ? new Orders(hard, offset, purge.timeMillis())
          : new Orders(offset, soft, softMillis);
    }

    long last() {
      return Math.max(hard, soft);
    }

    long verdict(long marked) {
      if (hard >= marked) {
        return HARD;
      }
      return soft >= marked ? softMillis : PurgeTable.NONE;
    }
  }

  /** The mark of a response that is asked for now. */
  public long mark() {
    return mark;
  }

  /** Applies the purge at an offset of the topic. */
  void apply(Purge purge, long offset) {
    switch (purge.scope()) {
      case URL -> enter(urls, purge, offset);
      case KEY -> enter(keys, purge, offset);
      case PREFIX -> {
        enter(prefixes, purge, offset);
        prefixLengths = lengths();
      }
      case ALL -> all = all.with(purge, offset);
    }
    passed(offset + 1);
    if (urls.size() + keys.size() + prefixes.size() > MOST_ENTRIES) {
      forgetHalf();
    }
  }

  private static void enter(ConcurrentMap<String, Orders> map, Purge purge, long offset) {
    map.merge(
        purge.what(), Orders.NONE.with(purge, offset), (old, fresh) -> old.with(purge, offset));
  }

  private int[] lengths() {
    return prefixes.keySet().stream().mapToInt(String::length).distinct().sorted().toArray();
  }

  /** All purges up to an offset have been applied. */
  void passed(long nextOffset) {
    mark = Math.max(mark, nextOffset);
  }

  /** Begins anew, with another topic. */
  void restart() {
    urls.clear();
    keys.clear();
    prefixes.clear();
    prefixLengths = new int[0];
    all = Orders.NONE;
    floor = -1;
    mark = 0;
  }

  /** What was stored before an offset is not to be used: it is not known what was purged of it. */
  void forget(long beforeOffset) {
    floor = Math.max(floor, beforeOffset - 1);
    passed(beforeOffset);
  }

  /** The older half of what is remembered makes room; what was stored before goes with it. */
  private void forgetHalf() {
    List<ConcurrentMap<String, Orders>> maps = List.of(urls, keys, prefixes);
    long[] offsets =
        maps.stream().flatMap(map -> map.values().stream()).mapToLong(Orders::last).toArray();
    Arrays.sort(offsets);
    long last = offsets[offsets.length / 2];
    floor = Math.max(floor, last);
    maps.forEach(map -> map.values().removeIf(orders -> orders.last() <= last));
    prefixLengths = lengths();
  }

  /** How many purges are remembered. */
  public int size() {
    return urls.size() + keys.size() + prefixes.size() + (all.equals(Orders.NONE) ? 0 : 1);
  }

  /**
   * Whether a response is concerned.
   *
   * @param marked its mark
   * @param resource host, path and query
   * @param surrogateKeys of the response; asked for only when purges by key count
   * @return {@link #NONE}, {@link #HARD}, or the time of a soft purge in milliseconds
   */
  public long verdict(long marked, String resource, Supplier<List<String>> surrogateKeys) {
    if (marked >= mark) {
      return NONE;
    }
    if (floor >= marked) {
      return HARD;
    }
    long verdict = worse(all.verdict(marked), of(urls, resource, marked));
    for (int length : prefixLengths) {
      if (verdict == HARD || length > resource.length()) {
        break;
      }
      verdict = worse(verdict, of(prefixes, resource.substring(0, length), marked));
    }
    if (verdict != HARD && !keys.isEmpty()) {
      for (String key : surrogateKeys.get()) {
        verdict = worse(verdict, of(keys, key, marked));
      }
    }
    return verdict;
  }

  private static long of(ConcurrentMap<String, Orders> map, String what, long marked) {
    return map.getOrDefault(what, Orders.NONE).verdict(marked);
  }

  /** Hard over soft, the earlier soft one over the later. */
  private static long worse(long one, long other) {
    if (one == HARD || other == NONE) {
      return one;
    }
    if (other == HARD || one == NONE) {
      return other;
    }
    return Math.min(one, other);
  }
}
