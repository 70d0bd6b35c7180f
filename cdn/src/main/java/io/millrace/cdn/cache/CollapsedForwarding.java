package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.origin.Origin;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The fetches that are under way, and which of them a request can share: however many ask for the
 * same, the origin is asked once. Any event loop calls it.
 */
final class CollapsedForwarding {

  private final HttpCache cache;
  private final ConcurrentMap<String, Fetch> fetches = new ConcurrentHashMap<>();

  CollapsedForwarding(HttpCache cache) {
    this.cache = cache;
  }

  /**
   * Answers a request from the origin: it joins the fetch that brings what it asks for, unless a
   * purge came since that began, or starts one.
   *
   * @param entry of its resource, or null
   * @param stored for the request, or null
   */
  void forward(
      Exchange exchange,
      Origin origin,
      CachePolicy policy,
      String key,
      @Nullable CacheEntry entry,
      @Nullable StoredResponse stored) {
    Fields fields = exchange.request().fields();
    StoredResponse like = stored != null || entry == null ? stored : entry.variants().getFirst();
    String flight = flightKey(key, like, fields, policy.key());
    Fetch mine =
        new Fetch(
            cache,
            flight,
            key,
            exchange,
            origin,
            policy,
            stored,
            Validation.of(stored, entry),
            entry == null ? completable(key, fields, policy) : null);
    Fetch running =
        fetches.compute(
            flight,
            (f, present) ->
                present == null || cache.store().isPurgedSince(present.mark(), key)
                    ? mine
                    : present);
    if (running.equals(mine)) {
      mine.lead(exchange);
      mine.start();
    } else {
      running.join(exchange);
    }
  }

  /** Fetches in the background, unless that is already done or the origin is known to be down. */
  void refresh(
      Exchange exchange, Origin origin, CachePolicy policy, String key, StoredResponse stored) {
    String flight = flightKey(key, stored, exchange.request().fields(), policy.key());
    if (fetches.containsKey(flight) || cache.failures().find(key) != null) {
      return;
    }
    Validation validation = Validation.of(stored, null);
    Fetch fetch = new Fetch(cache, flight, key, exchange, origin, policy, stored, validation, null);
    if (fetches.putIfAbsent(flight, fetch) == null) {
      fetch.start();
    }
  }

  /** A fetch takes no more waiters. */
  void landed(String flight, Fetch fetch) {
    fetches.remove(flight, fetch);
  }

  /** Parts that a fetch of the whole can make use of: the whole can be stored, too. */
  private @Nullable PartialResponse completable(String key, Fields request, CachePolicy policy) {
    PartialResponse held = cache.parts().find(key, request);
    return held == null || held.total() > policy.maxObjectBytes() || held.missing() == null
        ? null
        : held;
  }

  /** Requests with equal flight keys share a fetch: those that get the same variant, as known. */
  private static String flightKey(
      String key, @Nullable StoredResponse like, Fields request, KeyRule rule) {
    List<String> names = like == null ? rule.variantNames() : like.vary().names();
    return names.isEmpty() ? key : key + '\n' + VaryKey.of(names, request).values();
  }
}
