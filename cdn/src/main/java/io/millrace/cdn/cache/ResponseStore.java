package io.millrace.cdn.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.store.DiskStore;
import io.millrace.cdn.store.GrowingObject;
import io.millrace.cdn.store.MemoryBody;
import io.millrace.cdn.store.StoredObject;
import io.millrace.core.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The responses that a cache has: a memory tier, evicted by W-TinyLFU, over a disk tier if there is
 * one. Any thread may call it; nothing waits for the disk.
 *
 * <p>What is stored is put into both tiers. What is found on disk comes up into memory; of large
 * bodies only the head does. A response that a purge or an invalidation concerns is not found in
 * either.
 */
final class ResponseStore {

  /** Longest time that a fetch may take, for which an invalidation is remembered. */
  private static final Duration LONGEST_FETCH = Duration.ofMinutes(10);

  /** Renewed responses are written again only if that holds for a while. */
  private static final long WRITTEN_AGAIN_MILLIS = 10_000;

  private final Clock clock;
  private final int maxWaiting;
  private final CacheFigures figures;
  private final PurgeTable purges;
  private final Cache<String, CacheEntry> memory;
  private final Cache<String, Long> invalidations;
  private final ConcurrentMap<String, List<Runnable>> loads = new ConcurrentHashMap<>();
  private volatile @Nullable DiskStore disk;

  /**
   * @param maxBytes of the memory tier
   * @param maxWaiting most requests that wait for one object to be read
   */
  ResponseStore(
      Clock clock, long maxBytes, int maxWaiting, PurgeTable purges, CacheFigures figures) {
    this.clock = clock;
    this.maxWaiting = maxWaiting;
    this.purges = purges;
    this.figures = figures;
    this.memory =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, CacheEntry entry) -> entry.weight(key))
            .executor(Runnable::run)
            .evictionListener((key, entry, cause) -> evicted(cause))
            .build();
    Ticker ticker = clock::nanos;
    this.invalidations =
        Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(LONGEST_FETCH)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** From now on there is a disk tier. */
  void use(DiskStore tier) {
    disk = tier;
  }

  private void evicted(RemovalCause cause) {
    if (cause == RemovalCause.SIZE) {
      figures.evicted.increment();
    }
  }

  long bytes() {
    return memory.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  long objects() {
    return memory.estimatedSize();
  }

  /** Whether the memory tier has a resource; that is no request for it. */
  boolean holds(String key) {
    return memory.asMap().containsKey(key);
  }

  /** Which purges a response has to do with that is asked for now. */
  long mark() {
    return purges.mark();
  }

  /** Whether a purge came after that mark which concerns all responses of a resource. */
  boolean isPurgedSince(long mark, String key) {
    return purges.verdict(mark, key, List::of) != PurgeTable.NONE;
  }

  /** All variants in memory. */
  @Nullable CacheEntry entry(String key) {
    return memory.getIfPresent(key);
  }

  /** What memory has for a request, fresh or not, unless it is purged or its file is gone. */
  @Nullable StoredResponse find(String key, Fields request) {
    CacheEntry entry = memory.getIfPresent(key);
    StoredResponse stored = entry == null ? null : entry.select(request);
    if (stored == null) {
      return null;
    }
    long now = purges.mark();
    if (stored.checkedMark() >= now) {
      return stored;
    }
    StoredResponse found = stored;
    long verdict =
        purges.verdict(stored.mark(), key, () -> SurrogateKeys.of(found.head().fields()));
    if (verdict == PurgeTable.NONE) {
      stored.checked(now);
      return stored;
    }
    if (verdict == PurgeTable.HARD) {
      forget(key, stored);
      return null;
    }
    StoredResponse stale = stored.staleSince(verdict, now);
    memory.asMap().computeIfPresent(key, (k, old) -> old.replacing(found, stale));
    return stale;
  }

  /** Gives one variant up in memory. */
  void forget(String key, StoredResponse stored) {
    memory.asMap().computeIfPresent(key, (k, old) -> old.replacing(stored, null));
  }

  /**
   * Has a resource read from disk into memory.
   *
   * @param then called on another thread once that is done, if it returns true
   * @return false when there is nothing to be read
   */
  boolean load(String key, Runnable then) {
    DiskStore tier = disk;
    if (tier == null) {
      return false;
    }
    boolean[] first = new boolean[1];
    boolean[] waits = new boolean[1];
    var unused =
        loads.compute(
            key,
            (k, present) -> {
              List<Runnable> list = present == null ? new ArrayList<>(1) : present;
              first[0] = present == null;
              waits[0] = list.size() < maxWaiting && list.add(then);
              return list;
            });
    if (!first[0]) {
      return waits[0];
    }
    if (tier.load(key, objects -> loaded(key, objects))) {
      return true;
    }
    List<Runnable> others = loads.remove(key);
    if (others != null) {
      others.stream().filter(each -> !each.equals(then)).forEach(Runnable::run);
    }
    return false;
  }

  private void loaded(String key, List<StoredObject> objects) {
    try {
      List<StoredResponse> responses = new ArrayList<>(objects.size());
      for (StoredObject object : objects) {
        StoredResponse response = StoredResponseCodec.decode(object.head(), object.body());
        if (response != null && !isPurged(key, response)) {
          responses.add(response);
        }
      }
      DiskStore tier = disk;
      if (responses.isEmpty()) {
        if (!objects.isEmpty() && tier != null) {
          tier.remove(key);
        }
        return;
      }
      responses.sort(Comparator.comparingLong(each -> each.freshness().responseMillis()));
      memory
          .asMap()
          .compute(
              key,
              (k, present) -> {
                CacheEntry entry = null;
                for (StoredResponse response : responses) {
                  entry = CacheEntry.with(entry, response);
                }
                // What memory has already is newer.
                List<StoredResponse> newer = present == null ? List.of() : present.variants();
                for (StoredResponse response : newer.reversed()) {
                  entry = CacheEntry.with(entry, response);
                }
                return entry;
              });
    } finally {
      List<Runnable> waiting = loads.remove(key);
      if (waiting != null) {
        waiting.forEach(Runnable::run);
      }
    }
  }

  private boolean isPurged(String key, StoredResponse response) {
    return purges.verdict(response.mark(), key, () -> SurrogateKeys.of(response.head().fields()))
        == PurgeTable.HARD;
  }

  /**
   * Stores, unless the resource was invalidated after the response was asked for.
   *
   * @param response whose mark is of when it was asked for
   * @return whether it was stored
   */
  boolean put(String key, StoredResponse response, long askedNanos) {
    if (isInvalidated(key, askedNanos)) {
      return false;
    }
    boolean[] first = new boolean[1];
    boolean[] renewed = new boolean[1];
    memory
        .asMap()
        .compute(
            key,
            (k, entry) -> {
              first[0] = entry == null;
              renewed[0] = entry != null && entry.hasBody(response.body());
              return CacheEntry.with(entry, response);
            });
    if (first[0]) {
      figures.objects.increment();
    }
    boolean lasts = response.freshness().lifetimeMillis() >= WRITTEN_AGAIN_MILLIS;
    DiskStore tier = disk;
    if (tier != null && response.body() instanceof MemoryBody body && (!renewed[0] || lasts)) {
      tier.put(key, response.vary().tag(), StoredResponseCodec.encode(response), body);
      if (isInvalidated(key, askedNanos)) {
        tier.remove(key);
      }
    }
    return true;
  }

  /**
   * Begins a response that is too large for memory.
   *
   * @param form all of it but the body
   * @return null when there is no disk tier that takes it
   */
  @Nullable GrowingObject begin(String key, StoredResponse form, long length, long askedNanos) {
    DiskStore tier = disk;
    return tier == null
        ? null
        : tier.begin(
            key,
            form.vary().tag(),
            StoredResponseCodec.encode(form),
            length,
            body -> {
              if (!put(key, form.withBody(body), askedNanos)) {
                tier.remove(key);
              }
            });
  }

  /** Whether a resource was invalidated after that time. */
  boolean isInvalidated(String key, long sinceNanos) {
    Long invalidated = invalidations.getIfPresent(key);
    return invalidated != null && invalidated - sinceNanos >= 0;
  }

  /** Forgets a resource, and what a fetch under way will bring of it. */
  void invalidate(String key) {
    invalidations.put(key, clock.nanos());
    boolean present = memory.asMap().remove(key) != null;
    DiskStore tier = disk;
    if (tier != null) {
      tier.remove(key);
    }
    if (present) {
      figures.invalidated.increment();
    }
  }

  /** Forgets everything that memory holds. */
  void forgetMemory() {
    memory.invalidateAll();
  }
}
