package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.store.DiskStore;
import io.millrace.core.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A shared HTTP cache in memory and on disk, bounded in bytes. Any event loop calls it.
 *
 * <p>The way of a GET or HEAD: the stored variants of its resource are looked up; a fresh one
 * answers at once. Else the request joins the fetch of its resource that is under way, or starts
 * one: however many ask, the origin is asked once. All other requests pass through, and invalidate
 * what they change.
 */
public final class HttpCache {

  /** Parts of responses may take this fraction of the bytes beside the whole ones. */
  private static final int PARTS_SHARE = 8;

  private final Clock clock;
  private final int maxWaiting;
  private final CdnLoop loop;
  private final CacheFigures figures = new CacheFigures();
  private final ResponseStore store;
  private final PartialResponses parts;
  private final OriginFailures failures;
  private final CollapsedForwarding forwarding;

  /**
   * An empty cache.
   *
   * @param maxBytes of all that is stored as a whole; parts of responses may take an eighth more
   * @param maxWaiting most requests that wait for one fetch
   * @param loop by which requests that come back are known
   * @param purges what is not to be used any more
   */
  public HttpCache(Clock clock, long maxBytes, int maxWaiting, CdnLoop loop, PurgeTable purges) {
    this.clock = clock;
    this.maxWaiting = maxWaiting;
    this.loop = loop;
    this.store = new ResponseStore(clock, maxBytes, maxWaiting, purges, figures);
    this.parts = new PartialResponses(maxBytes / PARTS_SHARE);
    this.failures = new OriginFailures(clock);
    this.forwarding = new CollapsedForwarding(this);
  }

  /** From now on there is a disk tier; it stays the caller's. */
  public void use(DiskStore disk) {
    store.use(disk);
  }

  /** Whether memory holds a resource of this name, for the disk tier. */
  public boolean holds(String key) {
    return store.holds(key);
  }

  /** Forgets everything that memory holds. */
  public void forgetMemory() {
    store.forgetMemory();
  }

  /** What it has done. */
  public CacheFigures figures() {
    return figures;
  }

  /** Bytes stored now, about. */
  public long storedBytes() {
    return store.bytes();
  }

  /** Resources stored now, about. */
  public long storedObjects() {
    return store.objects();
  }

  /** Answers an exchange, now or once the origin has. */
  public void serve(Exchange exchange, Origin origin, CachePolicy policy) {
    RequestHead request = exchange.request();
    if (loop.isIn(request.fields())) {
      // Before anything else: it would wait for the very fetch that sent it.
      exchange.refuse(
          new HttpError(
              508,
              ProxyError.PROXY_LOOP_DETECTED,
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
    serve(exchange, origin, policy, policy.key().key(exchange.target()), false);
  }

  /**
   * Answers a GET or HEAD.
   *
   * @param loaded whether the disk has been asked already
   */
  private void serve(
      Exchange exchange, Origin origin, CachePolicy policy, String key, boolean loaded) {
    RequestHead request = exchange.request();
    StoredResponse stored = find(key, request.fields());
    if (stored == null && !loaded) {
      Runnable again =
          () -> {
            if (exchange.isOpen()) {
              serve(exchange, origin, policy, key, true);
            }
          };
      boolean read = store.load(key, () -> exchange.loop().execute(again));
      if (read) {
        return;
      }
    }
    CacheControl asked =
        policy.honoursRequests() ? CacheControl.ofRequest(request.fields()) : CacheControl.EMPTY;
    long now = clock.millis();
    if (stored != null && answered(exchange, origin, policy, key, stored, asked, now)) {
      return;
    }
    if (asked.onlyIfCached()) {
      figures.misses.increment();
      exchange.refuse(
          new HttpError(
              504,
              ProxyError.PROXY_INTERNAL_RESPONSE,
              "nothing usable is stored, and the origin may not be asked"));
      return;
    }
    fetch(exchange, origin, policy, key, store.entry(key), stored, asked);
  }

  /** The request as it goes to an origin, for one that is no business of the cache. */
  public OriginRequest forwarded(Exchange exchange) {
    return ForwardedRequest.asIs(exchange, loop);
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
      return reply(exchange, stored, Outcome.HIT, now);
    }
    if (left > 0 || stored.control().forbidsStale()) {
      return false;
    }
    if (asked.maxStale() != CacheControl.NONE && -left <= asked.maxStale() * 1000) {
      figures.stale.increment();
      return reply(exchange, stored, Outcome.STALE_ACCEPTED, now);
    }
    if (-left < stored.control().staleWhileRevalidate() * 1000) {
      figures.stale.increment();
      forwarding.refresh(exchange, origin, policy, key, stored);
      return reply(exchange, stored, Outcome.STALE_WHILE_REVALIDATE, now);
    }
    return false;
  }

  /** Answers, unless the body's file is gone. */
  static boolean reply(Exchange exchange, StoredResponse stored, Outcome outcome, long now) {
    if (!stored.body().retain()) {
      return false;
    }
    exchange.reply(stored, outcome, now);
    return true;
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
    parts.holdSince(store.mark());
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
    HttpError failure = failures.find(key);
    if (failure != null) {
      if (!replyStale(exchange, stored, policy)) {
        exchange.refuse(failure);
      }
      return;
    }
    forwarding.forward(exchange, origin, policy, key, entry, stored);
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
    return reply(exchange, stored, Outcome.STALE_IF_ERROR, now);
  }

  /**
   * Stores, unless the resource was invalidated after the response was asked for.
   *
   * @param askedNanos when it was
   */
  void put(String key, StoredResponse response, long askedNanos) {
    if (store.put(key, response, askedNanos)) {
      failures.forget(key);
    }
  }

  /**
   * Stores part of a representation, unless it was invalidated after it was asked for; as a whole
   * once that is complete.
   *
   * @param mark how many purges had been applied when it was asked for
   */
  void putPart(
      String key,
      RequestHead request,
      PartialResponse brought,
      CachePolicy policy,
      long askedNanos,
      long mark) {
    if (store.isInvalidated(key, askedNanos) || mark != store.mark()) {
      return;
    }
    PartialResponse all = parts.add(key, brought, policy.maxObjectBytes());
    if (all.isComplete()) {
      StoredResponse whole =
          Storability.storable(
              request, all.wholeHead(), all.parts().getFirst().bytes(), all.freshness(), policy);
      if (whole != null) {
        put(key, whole.withMark(mark), askedNanos);
      }
    }
  }

  /** What memory has for a request, fresh or not. */
  @Nullable StoredResponse find(String key, Fields request) {
    StoredResponse stored = store.find(key, request);
    if (stored == null || stored.body().retain()) {
      if (stored != null) {
        stored.body().release();
      }
      return stored;
    }
    store.forget(key, stored);
    return null;
  }

  /** Forgets a resource, and what a fetch under way will bring of it. */
  void invalidate(String key) {
    store.invalidate(key);
    parts.forget(key);
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

  /** An origin has failed to bring a resource. */
  void failed(String key, HttpError error, CachePolicy policy) {
    figures.originFailures.increment();
    failures.add(key, error, policy.negativeTtl());
  }

  ResponseStore store() {
    return store;
  }

  Clock clock() {
    return clock;
  }

  PartialResponses parts() {
    return parts;
  }

  OriginFailures failures() {
    return failures;
  }

  CollapsedForwarding forwarding() {
    return forwarding;
  }

  CdnLoop loop() {
    return loop;
  }

  int maxWaiting() {
    return maxWaiting;
  }
}
