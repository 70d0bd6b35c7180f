package io.millrace.cdn.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.core.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A shared HTTP cache in memory, bounded in bytes (eviction by W-TinyLFU). Any event loop calls it.
 *
 * <p>The way of a GET or HEAD: the stored variants of its resource are looked up; a fresh one
 * answers at once. Else the request joins the fetch of its resource that is under way, or starts
 * one: however many ask, the origin is asked once. All other requests pass through, and invalidate
 * what they change.
 */
public final class HttpCache {

  /** Longest time that a fetch may take, for which an invalidation is remembered. */
  private static final Duration LONGEST_FETCH = Duration.ofMinutes(10);

  /** Parts of responses may take this fraction of the bytes beside the whole ones. */
  private static final int PARTS_SHARE = 8;

  private final Clock clock;
  private final int maxWaiting;
  private final CdnLoop loop;
  private final CacheFigures figures = new CacheFigures();
  private final Cache<String, CacheEntry> store;
  private final ConcurrentMap<String, Fetch> fetches = new ConcurrentHashMap<>();
  private final Cache<String, Long> invalidations;
  private final Cache<String, Failure> failures;
  private final PartialResponses parts;

  /** A failure of the origin that is remembered, so that a dead origin is left alone. */
  private record Failure(HttpError error, long untilNanos) {}

  /**
   * An empty cache.
   *
   * @param maxBytes of all that is stored as a whole; parts of responses may take an eighth more
   * @param maxWaiting most requests that wait for one fetch
   * @param loop by which requests that come back are known
   */
  public HttpCache(Clock clock, long maxBytes, int maxWaiting, CdnLoop loop) {
    this.clock = clock;
    this.maxWaiting = maxWaiting;
    this.loop = loop;
    this.store =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, CacheEntry entry) -> entry.weight(key))
            .executor(Runnable::run)
            .evictionListener((key, entry, cause) -> evicted(cause))
            .build();
    this.parts = new PartialResponses(maxBytes / PARTS_SHARE);
    Ticker ticker = clock::nanos;
    this.invalidations =
        Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(LONGEST_FETCH)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
    this.failures = Caffeine.newBuilder().maximumSize(100_000).executor(Runnable::run).build();
  }

  private void evicted(RemovalCause cause) {
    if (cause == RemovalCause.SIZE) {
      figures.evicted.increment();
    }
  }

  /** What it has done. */
  public CacheFigures figures() {
    return figures;
  }

  /** Bytes stored now, about. */
  public long storedBytes() {
    return store.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  /** Resources stored now, about. */
  public long storedObjects() {
    return store.estimatedSize();
  }

  /** Answers an exchange, now or once the origin has. */
  public void serve(Exchange exchange, Origin origin, CachePolicy policy) {
    RequestHead request = exchange.request();
    if (loop.isIn(request.fields())) {
      // Before anything else: it would wait for the very fetch that sent it.
      exchange.refuse(
          new HttpError(
              508,
              "the request has passed this edge before: the proxy of a route for it leads back"
                  + " here"));
      return;
    }
    boolean cacheable =
        (request.method().equals("GET") || request.method().equals("HEAD"))
            && exchange.body() instanceof Framing.None;
    if (!cacheable) {
      figures.passed.increment();
      new PassThrough(this, exchange, origin, policy, Outcome.METHOD).start();
      return;
    }
    String key = policy.key().key(exchange.target());
    CacheEntry entry = store.getIfPresent(key);
    StoredResponse stored = entry == null ? null : entry.select(request.fields());
    CacheControl asked =
        policy.honoursRequests() ? CacheControl.ofRequest(request.fields()) : CacheControl.EMPTY;
    long now = clock.millis();
    if (stored != null && answered(exchange, origin, policy, key, stored, asked, now)) {
      return;
    }
    if (asked.onlyIfCached()) {
      figures.misses.increment();
      exchange.refuse(
          new HttpError(504, "nothing usable is stored, and the origin may not be asked"));
      return;
    }
    fetch(exchange, origin, policy, key, entry, stored, asked);
  }

  /** Answers from the store if that is allowed without asking the origin first. */
  private boolean answered(
      Exchange exchange,
      Origin origin,
      CachePolicy policy,
      String key,
      StoredResponse stored,
      CacheControl asked,
      long now) {
    if (stored.control().noCache() || asked.noCache()) {
      return false;
    }
    long left = stored.freshness().leftMillis(now);
    if (asked.maxAge() != CacheControl.NONE
        && stored.freshness().ageMillis(now) > asked.maxAge() * 1000) {
      return false;
    }
    if (left > Math.max(0, asked.minFresh() * 1000)) {
      figures.hits.increment();
      exchange.reply(stored, Outcome.HIT, now);
      return true;
    }
    if (left > 0 || stored.control().forbidsStale()) {
      return false;
    }
    if (asked.maxStale() != CacheControl.NONE && -left <= asked.maxStale() * 1000) {
      figures.stale.increment();
      exchange.reply(stored, Outcome.STALE_ACCEPTED, now);
      return true;
    }
    if (-left < stored.control().staleWhileRevalidate() * 1000) {
      figures.stale.increment();
      refresh(exchange, origin, policy, key, stored);
      exchange.reply(stored, Outcome.STALE_WHILE_REVALIDATE, now);
      return true;
    }
    return false;
  }

  /** Fetches in the background, unless that is already done or the origin is known to be down. */
  private void refresh(
      Exchange exchange, Origin origin, CachePolicy policy, String key, StoredResponse stored) {
    String flight = flightKey(key, stored, exchange.request().fields(), policy.key());
    if (fetches.containsKey(flight) || knownFailure(key) != null) {
      return;
    }
    Validation validation = Validation.of(stored, null);
    Fetch fetch = new Fetch(this, flight, key, exchange, origin, policy, stored, validation, null);
    if (fetches.putIfAbsent(flight, fetch) == null) {
      fetch.start();
    }
  }

  private void fetch(
      Exchange exchange,
      Origin origin,
      CachePolicy policy,
      String key,
      @Nullable CacheEntry entry,
      @Nullable StoredResponse stored,
      CacheControl asked) {
    Fields fields = exchange.request().fields();
    StoredResponse part =
        stored == null && fields.has("range") && exchange.request().method().equals("GET")
            ? parts.answer(key, exchange.request(), asked, clock.millis())
            : null;
    if (part != null) {
      figures.hits.increment();
      exchange.reply(part, Outcome.HIT, clock.millis());
      return;
    }
    figures.misses.increment();
    if (exchange.request().method().equals("HEAD")
        || (stored == null && fields.has("range"))
        || fields.has("authorization")
        || asked.noStore()) {
      new PassThrough(this, exchange, origin, policy, Outcome.BYPASS).start();
      return;
    }
    HttpError failure = knownFailure(key);
    if (failure != null) {
      if (!replyStale(exchange, stored, policy)) {
        exchange.refuse(failure);
      }
      return;
    }
    StoredResponse like = stored != null || entry == null ? stored : entry.variants().getFirst();
    String flight = flightKey(key, like, fields, policy.key());
    Fetch mine =
        new Fetch(
            this,
            flight,
            key,
            exchange,
            origin,
            policy,
            stored,
            Validation.of(stored, entry),
            entry == null ? completable(key, fields) : null);
    Fetch running = fetches.putIfAbsent(flight, mine);
    if (running == null) {
      mine.lead(exchange);
      mine.start();
    } else {
      running.join(exchange);
    }
  }

  /** Parts that a fetch of the whole can make use of. */
  private @Nullable PartialResponse completable(String key, Fields request) {
    PartialResponse held = parts.find(key, request);
    return held == null || held.missing() == null ? null : held;
  }

  /** Requests with equal flight keys share a fetch: those that get the same variant, as known. */
  private static String flightKey(
      String key, @Nullable StoredResponse like, Fields request, KeyRule rule) {
    List<String> names = like == null ? rule.variantNames() : like.vary().names();
    return names.isEmpty() ? key : key + '\n' + VaryKey.of(names, request).values();
  }

  /** Answers with what is stored although it is stale, if it allows that after a failure. */
  boolean replyStale(Exchange exchange, @Nullable StoredResponse stored, CachePolicy policy) {
    if (stored == null) {
      return false;
    }
    long now = clock.millis();
    if (-stored.freshness().leftMillis(now) >= policy.staleIfErrorMillis(stored.control())) {
      return false;
    }
    figures.stale.increment();
    exchange.reply(stored, Outcome.STALE_IF_ERROR, now);
    return true;
  }

  /**
   * Stores, unless the resource was invalidated after the response was asked for.
   *
   * @param askedNanos when it was
   */
  void put(String key, StoredResponse response, long askedNanos) {
    Long invalidated = invalidations.getIfPresent(key);
    if (invalidated != null && invalidated - askedNanos >= 0) {
      return;
    }
    failures.invalidate(key);
    boolean[] first = new boolean[1];
    store
        .asMap()
        .compute(
            key,
            (k, entry) -> {
              first[0] = entry == null;
              return CacheEntry.with(entry, response);
            });
    if (first[0]) {
      figures.objects.increment();
    }
  }

  /**
   * Stores part of a representation, unless it was invalidated after it was asked for; as a whole
   * once that is complete.
   */
  void putPart(
      String key,
      RequestHead request,
      PartialResponse brought,
      CachePolicy policy,
      long askedNanos) {
    Long invalidated = invalidations.getIfPresent(key);
    if (invalidated != null && invalidated - askedNanos >= 0) {
      return;
    }
    PartialResponse all = parts.add(key, brought, policy.maxObjectBytes());
    if (all.isComplete()) {
      StoredResponse whole =
          Storability.storable(
              request, all.wholeHead(), all.parts().getFirst().bytes(), all.freshness(), policy);
      if (whole != null) {
        put(key, whole, askedNanos);
      }
    }
  }

  /** What is stored for a request, fresh or not. */
  @Nullable StoredResponse find(String key, Fields request) {
    CacheEntry entry = store.getIfPresent(key);
    return entry == null ? null : entry.select(request);
  }

  /** Forgets a resource, and what a fetch under way will bring of it. */
  void invalidate(String key) {
    invalidations.put(key, clock.nanos());
    parts.forget(key);
    if (store.asMap().remove(key) != null) {
      figures.invalidated.increment();
    }
  }

  /** The resources that a successful unsafe request changed (RFC 9111, section 4.4). */
  void invalidateAfter(RequestTarget target, ResponseHead head, KeyRule rule) {
    invalidate(rule.key(target));
    for (String field : List.of("location", "content-location")) {
      String reference = head.fields().first(field);
      RequestTarget other = reference == null ? null : target.resolve(reference);
      if (other != null) {
        invalidate(rule.key(other));
      }
    }
  }

  private @Nullable HttpError knownFailure(String key) {
    Failure failure = failures.getIfPresent(key);
    if (failure == null) {
      return null;
    }
    if (failure.untilNanos - clock.nanos() > 0) {
      return failure.error;
    }
    failures.invalidate(key);
    return null;
  }

  void failed(String key, HttpError error, CachePolicy policy) {
    figures.originFailures.increment();
    if (!policy.negativeTtl().isZero()) {
      failures.put(key, new Failure(error, clock.nanos() + policy.negativeTtl().toNanos()));
    }
  }

  /** A fetch takes no more waiters. */
  void landed(String flight, Fetch fetch) {
    fetches.remove(flight, fetch);
  }

  Clock clock() {
    return clock;
  }

  PartialResponses parts() {
    return parts;
  }

  CdnLoop loop() {
    return loop;
  }

  int maxWaiting() {
    return maxWaiting;
  }
}
