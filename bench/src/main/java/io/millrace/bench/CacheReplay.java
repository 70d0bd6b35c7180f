package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.cdn.store.DiskChannels;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.store.DiskStore;
import io.millrace.cdn.store.MemoryBody;
import io.millrace.cdn.store.StoredObject;
import io.millrace.core.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The command {@code bench/cache-replay}: replays requests whose popularity is Zipf's and shifts
 * against the edge's two tiers as they are, the disk tier with its files, and against LRU and
 * Belady's algorithm. Keeps the hit ratios in {@code bench/results/cache-replay.json}, and draws
 * them for the docs.
 */
public final class CacheReplay {

  private static final int OBJECTS = 24_000;
  private static final int REQUESTS = 200_000;
  private static final int SHIFTS = 4;
  private static final double SKEW = 0.9;
  private static final int ONCE_EVERY = 8;
  private static final List<Integer> SIZES_MIB = List.of(16, 32, 64, 128);
  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int MARGIN = 60;

  /** Hit ratios by policy at one size. */
  record Point(int cacheMebibytes, Map<String, Double> hitRatios) {}

  /** What is kept. */
  record Replay(
      String date,
      String machine,
      int requests,
      int objects,
      long objectMebibytes,
      List<Point> points) {}

  /** A cache that is asked for an object, and takes it in when it has it not. */
  private interface Policy {
    boolean hit(int at, int object, int bytes) throws Exception;
  }

  private CacheReplay() {}

  /** The project's folder is a property. */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(System.getProperty("millrace.root", ".")).toAbsolutePath().normalize();
    int[] trace = trace(new Random(1));
    int[] sizes = sizes(trace);
    long all = 0;
    for (int i = 0; i < OBJECTS; i++) {
      all += sizes[i];
    }
    List<Point> points = new ArrayList<>();
    for (int mebibytes : SIZES_MIB) {
      Point point = new Point(mebibytes, ratios(trace, sizes, (long) mebibytes << 20));
      points.add(point);
      System.out.printf(Locale.ROOT, "%4d MiB: %s%n", mebibytes, point.hitRatios());
    }
    Replay replay =
        new Replay(
            LocalDate.now(ZoneOffset.UTC).toString(),
            Machine.describe(),
            trace.length,
            OBJECTS,
            all >> 20,
            points);
    Path results = root.resolve("bench/results");
    Files.createDirectories(results);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(results.resolve("cache-replay.json").toFile(), replay);
    Files.writeString(root.resolve("docs/images/hit-ratio-by-policy.svg"), plot(replay));
    System.exit(0);
  }

  /**
   * Which object each request asks for. Every quarter of the way half of all objects change their
   * popularity with others; each eighth request is for something that nobody asks for again.
   */
  private static int[] trace(Random random) {
    double[] upTo = new double[OBJECTS];
    double sum = 0;
    for (int rank = 0; rank < OBJECTS; rank++) {
      sum += 1 / Math.pow(rank + 1, SKEW);
      upTo[rank] = sum;
    }
    int[] byRank = new int[OBJECTS];
    Arrays.setAll(byRank, i -> i);
    int[] trace = new int[REQUESTS];
    int once = OBJECTS;
    for (int at = 0; at < REQUESTS; at++) {
      if (at % (REQUESTS / SHIFTS) == 0) {
        for (int i = 0; i < OBJECTS / 4; i++) {
          int one = random.nextInt(OBJECTS);
          int other = random.nextInt(OBJECTS);
          int object = byRank[one];
          byRank[one] = byRank[other];
          byRank[other] = object;
        }
      }
      if (at % ONCE_EVERY == 0) {
        trace[at] = once++;
      } else {
        int rank = Arrays.binarySearch(upTo, random.nextDouble() * sum);
        trace[at] = byRank[rank < 0 ? Math.min(-rank - 1, OBJECTS - 1) : rank];
      }
    }
    return trace;
  }

  /** Bytes of each object: from 1 KiB to 64 KiB, as many of each power of two. */
  private static int[] sizes(int[] trace) {
    int[] sizes = new int[Arrays.stream(trace).max().orElse(0) + 1];
    Random random = new Random(2);
    Arrays.setAll(sizes, i -> (int) (1024 * Math.pow(2, random.nextDouble() * 6)));
    return sizes;
  }

  private static Map<String, Double> ratios(int[] trace, int[] sizes, long bytes) throws Exception {
    Map<String, Double> ratios = new LinkedHashMap<>();
    ratios.put("Belady", ratio(trace, sizes, belady(trace, bytes, sizes)));
    ratios.put("disk tier", disk(trace, sizes, bytes));
    ratios.put("memory tier", ratio(trace, sizes, memory(bytes)));
    ratios.put("LRU", ratio(trace, sizes, lru(bytes, sizes)));
    return ratios;
  }

  private static double ratio(int[] trace, int[] sizes, Policy policy) throws Exception {
    int hits = 0;
    for (int at = 0; at < trace.length; at++) {
      hits += policy.hit(at, trace[at], sizes[trace[at]]) ? 1 : 0;
    }
    return Math.round(1000.0 * hits / trace.length) / 1000.0;
  }

  private static Policy memory(long bytes) {
    Cache<Integer, Integer> cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Integer object, Integer size) -> size)
            .executor(Runnable::run)
            .build();
    return (at, object, size) -> {
      if (cache.getIfPresent(object) != null) {
        return true;
      }
      cache.put(object, size);
      return false;
    };
  }

  private static Policy lru(long bytes, int[] sizes) {
    LinkedHashMap<Integer, Integer> order = new LinkedHashMap<>(1024, 0.75f, true);
    long[] used = new long[1];
    return (at, object, size) -> {
      if (order.get(object) != null) {
        return true;
      }
      order.put(object, object);
      used[0] += size;
      while (used[0] > bytes) {
        Integer oldest = order.keySet().iterator().next();
        order.remove(oldest);
        used[0] -= sizes[oldest];
      }
      return false;
    };
  }

  /** Gives up what is asked for again last; knows the future, so nobody can do it. */
  private static Policy belady(int[] trace, long bytes, int[] sizes) {
    int[] next = new int[trace.length];
    int[] seen = new int[sizes.length];
    Arrays.fill(seen, Integer.MAX_VALUE);
    for (int at = trace.length - 1; at >= 0; at--) {
      next[at] = seen[trace[at]];
      seen[trace[at]] = at;
    }
    int[] due = new int[sizes.length];
    TreeSet<Integer> byDue =
        new TreeSet<>(
            Comparator.comparingInt((Integer object) -> due[object])
                .thenComparingInt(object -> object));
    long[] used = new long[1];
    return (at, object, size) -> {
      boolean hit = byDue.remove(object);
      due[object] = next[at];
      byDue.add(object);
      used[0] += hit ? 0 : size;
      while (used[0] > bytes) {
        Integer last = byDue.pollLast();
        used[0] -= last == null ? used[0] : sizes[last];
      }
      return hit;
    };
  }

  /** The real store, in a folder of its own. */
  private static double disk(int[] trace, int[] sizes, long bytes) throws Exception {
    Path folder = Files.createTempDirectory("millrace-replay-");
    byte[] head = new byte[200];
    try (DiskStore store =
        DiskStore.open(
            new DiskSettings(folder, bytes, bytes),
            1 << 20,
            name -> false,
            DiskChannels.SYSTEM,
            Clock.system())) {
      long[] put = new long[1];
      return ratio(
          trace,
          sizes,
          (at, object, size) -> {
            String name = "site/" + object;
            CompletableFuture<List<StoredObject>> found = new CompletableFuture<>();
            boolean hit =
                store.load(name, found::complete) && !found.get(1, TimeUnit.MINUTES).isEmpty();
            if (!hit) {
              store.put(name, 0, head, new MemoryBody(new byte[size]));
              put[0]++;
              while (store.figures().written.sum() < put[0]) {
                LockSupport.parkNanos(10_000);
              }
            }
            return hit;
          });
    } finally {
      Folders.delete(folder);
    }
  }

  /** A line for each policy over a logarithmic axis of sizes; the other axis is 0 to 1. */
  static String plot(Replay replay) {
    String[] colours = {"#888", "#0b6e99", "#b35900", "#6a3d9a"};
    StringBuilder lines = new StringBuilder();
    List<String> policies = List.copyOf(replay.points().getFirst().hitRatios().keySet());
    for (int i = 0; i < policies.size(); i++) {
      String policy = policies.get(i);
      StringBuilder line = new StringBuilder();
      for (int at = 0; at < replay.points().size(); at++) {
        double ratio = replay.points().get(at).hitRatios().getOrDefault(policy, 0.0);
        line.append(String.format(Locale.ROOT, "%.0f,%.1f ", x(at, replay), y(ratio)));
      }
      lines.append(
          String.format(
              Locale.ROOT,
              "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n"
                  + "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
              line.toString().strip(),
              colours[i],
              MARGIN + 20,
              MARGIN + 10 + 18 * i,
              colours[i],
              policy));
    }
    for (int at = 0; at < replay.points().size(); at++) {
      lines.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
              x(at, replay),
              HEIGHT - MARGIN + 16,
              replay.points().get(at).cacheMebibytes()));
    }
    for (double ratio = 0; ratio <= 1; ratio += 0.25) {
      lines.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%.2f</text>%n",
              MARGIN - 6,
              y(ratio) + 4,
              ratio));
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
        <rect width="%1$d" height="%2$d" fill="white"/>
        <text x="%3$d" y="25" font-size="14">Hit ratio of %8$d requests for %9$d MiB of objects, whose popularity shifts</text>
        <line x1="%3$d" y1="%4$d" x2="%5$d" y2="%4$d" stroke="#888"/>
        <line x1="%3$d" y1="40" x2="%3$d" y2="%4$d" stroke="#888"/>
        <text x="%6$d" y="%7$d" text-anchor="middle">MiB of cache (logarithmic)</text>
        %10$s</svg>
        """
        .formatted(
            WIDTH,
            HEIGHT,
            MARGIN,
            HEIGHT - MARGIN,
            WIDTH - MARGIN,
            WIDTH / 2,
            HEIGHT - 15,
            replay.requests(),
            replay.objectMebibytes(),
            lines);
  }

  private static double x(int at, Replay replay) {
    return MARGIN + 20 + (double) at / (replay.points().size() - 1) * (WIDTH - 2 * MARGIN - 40);
  }

  private static double y(double ratio) {
    return HEIGHT - MARGIN - ratio * (HEIGHT - MARGIN - 40);
  }
}
