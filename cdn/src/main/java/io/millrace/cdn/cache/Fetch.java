package io.millrace.cdn.cache;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.ResponseListener;
import io.millrace.cdn.store.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to an origin on behalf of all who ask for the same (request collapsing). Owned by the
 * event loop of the exchange that started it; others hand themselves over to that loop.
 *
 * <pre>
 *   asking ── 304 ─────────────────────→ answers all with the stored response, renewed
 *      │ ──── 206, of what is missing ─→ collecting ─→ answers all with the whole
 *      │ ──── storable, but too large for memory ─→ growing on disk ─→ sent to all as it grows
 *      │ ──── storable ──→ collecting ─→ answers all with the new response
 *      │                       └ too large ─┐
 *      │ ──── not storable ─────────────────┴→ streaming to the first; the others ask for themselves
 *      └ ──── failure, 5xx ─────────────→ answers all with something stale, or the error
 * </pre>
 */
final class Fetch implements ResponseListener {

  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

  private final HttpCache cache;
  private final String flight;
  private final String key;
  private final Exchange first;
  private final RequestHead request;
  private final EventLoop loop;
  private final Origin origin;
  private final CachePolicy policy;
  private final @Nullable StoredResponse stored;
  private final Validation validation;
  private final @Nullable PartialResponse parts;
  private final long askedMillis;
  private final long askedNanos;
  private final long mark;
  private final Outcome.Reason reason;
  private final CollapsedRequests requests;

  private OriginCall call = OriginCall.DONE;
  private boolean over;
  private @Nullable CollectedResponse collected;
  private @Nullable GrowingResponse growing;
  private @Nullable Exchange streaming;
  private boolean dropping;

  /**
   * @param first whose request is sent on; it is answered too if it {@link #lead}s
   * @param stored for the request, to be served stale if the origin fails, or null
   * @param parts that are stored and can be completed, or null
   */
  Fetch(
      HttpCache cache,
      String flight,
      String key,
      Exchange first,
      Origin origin,
      CachePolicy policy,
      @Nullable StoredResponse stored,
      Validation validation,
      @Nullable PartialResponse parts) {
    this.cache = cache;
    this.flight = flight;
    this.key = key;
    this.first = first;
    this.request = first.request();
    this.loop = first.loop();
    this.origin = origin;
    this.policy = policy;
    this.stored = stored;
    this.validation = validation;
    this.parts = parts;
    this.askedMillis = cache.clock().millis();
    this.askedNanos = cache.clock().nanos();
    this.mark = cache.store().mark();
    this.reason = reason();
    this.requests = new CollapsedRequests(cache, first, origin, policy, reason);
  }

  private Outcome.Reason reason() {
    if (stored != null) {
      boolean fresh = !stored.control().noCache() && stored.freshness().leftMillis(askedMillis) > 0;
      return fresh ? Outcome.Reason.REQUEST : Outcome.Reason.STALE;
    }
    if (parts != null) {
      return Outcome.Reason.PARTIAL;
    }
    return validation.ofThisRequest() ? Outcome.Reason.URI_MISS : Outcome.Reason.VARY_MISS;
  }

  /** The first exchange waits for the response. */
  void lead(Exchange exchange) {
    requests.lead(exchange);
  }

  void start() {
    cache.figures().originFetches.increment();
    try {
      OriginCall begun =
          origin.fetch(ForwardedRequest.whole(first, cache.loop(), validation, parts), this);
      if (!over) {
        call = begun;
      }
    } catch (RuntimeException e) {
      // An origin must not throw; but if it does, those who wait must not wait for ever.
      LOG.error("The origin of {} failed", key, e);
      onFailure(new HttpError(502, ProxyError.PROXY_INTERNAL_ERROR, "the origin failed"));
    }
  }

  /** Which purges its response has to do with. */
  long mark() {
    return mark;
  }

  /** Another exchange waits for the response; called on its own loop. */
  void join(Exchange exchange) {
    if (loop.inEventLoop()) {
      admit(exchange);
    } else {
      loop.execute(() -> admit(exchange));
    }
  }

  private void admit(Exchange exchange) {
    GrowingResponse response = growing;
    if (over || streaming != null || dropping) {
      requests.serveAnew(exchange);
    } else if (response != null) {
      requests.follow(exchange, response);
    } else {
      requests.join(exchange);
    }
  }

  @Override
  public void onHead(ResponseHead came) {
    Freshness freshness = freshness(came);
    if (came.status() == 304) {
      onNotModified(came, freshness);
      return;
    }
    if (parts != null && (came.status() == 206 || came.status() == 416)) {
      onPart(parts, came, freshness);
      return;
    }
    if (came.status() >= 500 && isError(came.status()) && staleForAll(came)) {
      dropping = true;
      return;
    }
    String length = came.fields().first("content-length");
    boolean tooLarge = length != null && ByteRange.number(length) > policy.maxObjectBytes();
    if (!tooLarge && Storability.storable(request, came, new byte[0], freshness, policy) != null) {
      collected = CollectedResponse.whole(came, policy.maxObjectBytes());
    } else if (length == null || !tooLarge || !grow(came, ByteRange.number(length), freshness)) {
      stream(came);
    }
  }

  /** What memory is too small for goes to disk, and from there to all who want it. */
  private boolean grow(ResponseHead came, long length, Freshness freshness) {
    StoredResponse kept =
        Storability.storable(request, came, Body.EMPTY, length, freshness, policy);
    GrowingResponse begun =
        kept == null
            ? null
            : GrowingResponse.begin(
                cache.store(), key, kept.withMark(mark), length, askedNanos, loop);
    growing = begun;
    if (begun == null) {
      return false;
    }
    requests.follow(begun);
    return true;
  }

  private void onNotModified(ResponseHead came, Freshness freshness) {
    if (validation.candidates().isEmpty()) {
      onFailure(
          new HttpError(
              502,
              ProxyError.HTTP_PROTOCOL_ERROR,
              "the origin answered 304 to a request without conditions"));
      return;
    }
    StoredResponse confirmed = validation.confirmed(came);
    if (confirmed == null) {
      // About something else: what is stored is given up and asked for again.
      cache.invalidate(key);
      askAgain();
      return;
    }
    StoredResponse renewed =
        Validation.renewed(confirmed, came, freshness, askedMillis, policy)
            .forRequestsLike(confirmed.vary().ofRequest(request.fields()));
    cache.figures().revalidated.increment();
    store(renewed);
    answer(renewed, renewed, Outcome.REVALIDATED);
  }

  /** What was missing of the whole, or not: then the whole is asked for. */
  private void onPart(PartialResponse held, ResponseHead came, Freshness freshness) {
    ResponseHead whole = held.completedBy(came);
    if (whole == null
        || Storability.storable(request, whole, new byte[0], freshness, policy) == null) {
      cache.parts().forget(key);
      askAgain();
      return;
    }
    collected = CollectedResponse.missing(held, whole, policy.maxObjectBytes());
  }

  private void askAgain() {
    OriginCall useless = call;
    over = true;
    landed();
    requests.serveAnew();
    useless.cancel();
  }

  private Freshness freshness(ResponseHead came) {
    return Freshness.of(came, askedMillis, cache.clock().millis(), policy);
  }

  private static boolean isError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  /** An error that comes while something stale may still be served is not passed on. */
  private boolean staleForAll(ResponseHead came) {
    if (stored == null || stored.control().forbidsStale()) {
      return false;
    }
    HttpError error = new HttpError(502, "the origin answered " + came.status());
    cache.failed(key, error, policy);
    landed();
    return requests.replyStale(stored, error);
  }

  @Override
  public void onBody(ByteBuf piece) {
    cache.figures().originBytes.add(piece.readableBytes());
    CollectedResponse kept = collected;
    GrowingResponse response = growing;
    if (streaming != null) {
      streaming.piece(piece);
    } else if (response != null) {
      response.append(piece, call);
    } else if (kept == null) {
      piece.release();
    } else if (!kept.add(piece)) {
      if (kept.completesParts()) {
        // More than what was missing, so nothing to be trusted.
        piece.release();
        collected = null;
        cache.parts().forget(key);
        askAgain();
        return;
      }
      stream(kept.head());
      if (streaming != null) {
        streaming.piece(kept.collected());
        streaming.piece(piece);
      } else {
        piece.release();
      }
    }
  }

  /** Nobody else may have this response: the first one who still waits gets it as it comes. */
  private void stream(ResponseHead came) {
    landed();
    collected = null;
    Exchange taker = requests.takeOpen();
    streaming = taker;
    if (taker != null) {
      taker.start(came, reason.passed(), call);
    }
    requests.passThrough();
    if (taker == null) {
      over = true;
      call.cancel();
    }
  }

  @Override
  public void onEnd() {
    if (over) {
      return;
    }
    over = true;
    CollectedResponse kept = collected;
    if (streaming != null) {
      streaming.end();
    } else if (growing != null) {
      growing.end();
    } else if (kept != null) {
      onCollected(kept);
    }
    landed();
  }

  private void onCollected(CollectedResponse kept) {
    ResponseHead came = kept.head();
    byte[] body = kept.body();
    if (kept.completesParts()) {
      cache.parts().forget(key);
    }
    if (body == null) {
      askAgain();
      return;
    }
    Freshness freshness = freshness(came);
    StoredResponse result = Storability.storable(request, came, body, freshness, policy);
    if (result == null) {
      onStaleAtOnce(kept, body);
      return;
    }
    if (isError(came.status())) {
      cache.figures().originFailures.increment();
    }
    store(result);
    answer(
        result,
        result.control().fieldsNotToReuse().isEmpty()
            ? result
            : StoredResponse.unshared(came, body, freshness, result.vary()),
        reason.stored());
  }

  /** It came so slowly that it need not be stored any more; who waits is answered all the same. */
  private void onStaleAtOnce(CollectedResponse kept, byte[] body) {
    if (kept.completesParts()) {
      askAgain();
      return;
    }
    stream(kept.head());
    if (streaming != null) {
      if (body.length > 0) {
        streaming.piece(Unpooled.wrappedBuffer(body));
      }
      streaming.end();
    }
  }

  private void store(StoredResponse result) {
    cache.put(key, result.withMark(mark), askedNanos);
  }

  private void answer(StoredResponse result, StoredResponse forFirst, Outcome outcome) {
    over = true;
    landed();
    requests.answer(result, forFirst, outcome);
  }

  @Override
  public void onFailure(HttpError failure) {
    if (over) {
      return;
    }
    over = true;
    landed();
    if (dropping) {
      return;
    }
    cache.failed(key, failure, policy);
    if (growing != null) {
      growing.abort();
    } else if (streaming != null) {
      streaming.abort();
    } else {
      requests.fail(stored, failure);
    }
  }

  /** Nobody joins it any more. */
  private void landed() {
    cache.forwarding().landed(flight, this);
  }
}
