package io.millrace.cdn.cache;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.ResponseListener;
import io.millrace.cdn.store.Body;
import io.millrace.cdn.store.GrowingObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
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
 *      │ ──── storable ──→ collecting ─→ answers all with the new response
 *      │                       └ too large ─┐
 *      │ ──── not storable ─────────────────┴→ streaming to the first; the others ask for themselves
 *      └ ──── failure, 5xx ─────────────→ answers all with something stale, or the error
 * </pre>
 */
final class Fetch implements ResponseListener {

  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);
  private static final int NO_LENGTH_BYTES = 1024;
  private static final int FIRST_BYTES = 64 * 1024;

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
  private final List<Exchange> waiting = new ArrayList<>(1);
  private final long askedMillis;
  private final long askedNanos;
  private final Outcome.Reason reason;
  private final long mark;

  private OriginCall call = OriginCall.DONE;
  private boolean over;
  private @Nullable ResponseHead head;
  private @Nullable ByteBuf collected;
  private boolean completing;
  private @Nullable Exchange streaming;
  private @Nullable GrowingObject growing;
  private @Nullable StoredResponse form;
  private boolean paused;
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
    waiting.add(exchange);
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
    if (over || streaming != null || dropping) {
      onLoopOf(exchange, () -> cache.serve(exchange, origin, policy));
    } else if (growing != null) {
      cache.figures().collapsed.increment();
      follow(exchange, reason.collapsed());
    } else if (waiting.size() >= cache.maxWaiting()) {
      cache.figures().refusedWaiting.increment();
      refuse(exchange, new HttpError(503, "too many requests wait for this resource"));
    } else {
      cache.figures().collapsed.increment();
      waiting.add(exchange);
    }
  }

  @Override
  public void onHead(ResponseHead came) {
    head = came;
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
      // What the origin claims is believed up to a little; more is allocated as it comes.
      long claimed = length == null ? NO_LENGTH_BYTES : ByteRange.number(length);
      collected = Unpooled.buffer(Math.clamp(claimed, 0, FIRST_BYTES));
    } else if (length == null || !tooLarge || !grow(came, ByteRange.number(length), freshness)) {
      stream();
    }
  }

  /** What memory is too small for goes to disk, and from there to all who want it. */
  private boolean grow(ResponseHead came, long length, Freshness freshness) {
    StoredResponse kept =
        Storability.storable(request, came, Body.EMPTY, length, freshness, policy);
    if (kept == null) {
      return false;
    }
    form = kept.withMark(mark);
    growing = cache.store().begin(key, form, length, askedNanos);
    if (growing == null) {
      return false;
    }
    growing.watch(() -> loop.execute(this::regulate));
    for (Exchange exchange : waiting) {
      follow(exchange, exchange.equals(first) ? reason.stored() : reason.collapsed());
    }
    waiting.clear();
    return true;
  }

  private void follow(Exchange exchange, Outcome outcome) {
    GrowingObject object = growing;
    StoredResponse shown = form;
    if (object == null || shown == null) {
      throw new IllegalStateException("nothing grows");
    }
    onLoopOf(
        exchange,
        () -> {
          if (!exchange.isOpen()) {
            return;
          }
          if (!object.isFailed() && shown.vary().matches(exchange.request().fields())) {
            new GrowingReader(exchange, object).start(shown.head(), outcome);
          } else {
            cache.serve(exchange, origin, policy);
          }
        });
  }

  /** Holds the origin back while the disk is behind. */
  private void regulate() {
    GrowingObject object = growing;
    if (object != null && paused && !object.isFull()) {
      paused = false;
      call.resume();
    }
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
    ByteRange missing = held.missing();
    if (whole == null
        || missing == null
        || Storability.storable(request, whole, new byte[0], freshness, policy) == null) {
      cache.parts().forget(key);
      askAgain();
      return;
    }
    head = whole;
    completing = true;
    collected = Unpooled.buffer((int) Math.min(missing.length(), FIRST_BYTES));
  }

  private void askAgain() {
    OriginCall useless = call;
    over = true;
    cache.landed(flight, this);
    for (Exchange exchange : waiting) {
      onLoopOf(exchange, () -> cache.serve(exchange, origin, policy));
    }
    waiting.clear();
    useless.cancel();
  }

  private Freshness freshness(ResponseHead came) {
    return Freshness.of(
        came.status(),
        came.fields(),
        CacheControl.ofResponse(came.fields()),
        askedMillis,
        cache.clock().millis(),
        policy);
  }

  private static boolean isError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  /** An error that comes while something stale may still be served is not passed on. */
  private boolean staleForAll(ResponseHead came) {
    if (stored == null || stored.control().forbidsStale()) {
      return false;
    }
    cache.failed(key, new HttpError(502, "the origin answered " + came.status()), policy);
    cache.landed(flight, this);
    List<Exchange> unanswered = new ArrayList<>();
    for (Exchange exchange : waiting) {
      if (exchange.loop().inEventLoop()) {
        if (!cache.replyStale(exchange, stored, policy)) {
          unanswered.add(exchange);
        }
      } else {
        exchange.loop().execute(() -> replyStaleOr(exchange, came));
      }
    }
    waiting.clear();
    waiting.addAll(unanswered);
    return unanswered.isEmpty();
  }

  private void replyStaleOr(Exchange exchange, ResponseHead came) {
    if (!cache.replyStale(exchange, stored, policy)) {
      exchange.refuse(new HttpError(502, "the origin answered " + came.status()));
    }
  }

  @Override
  public void onBody(ByteBuf piece) {
    cache.figures().originBytes.add(piece.readableBytes());
    ByteBuf kept = collected;
    GrowingObject object = growing;
    if (streaming != null) {
      streaming.piece(piece);
    } else if (object != null) {
      object.append(piece);
      if (object.isFull() && !paused) {
        paused = true;
        call.pause();
        // It may have caught up since.
        regulate();
      }
    } else if (kept == null) {
      piece.release();
    } else if (kept.readableBytes() + piece.readableBytes() > policy.maxObjectBytes()) {
      stream();
      if (streaming != null) {
        streaming.piece(kept);
        streaming.piece(piece);
      } else {
        piece.release();
      }
    } else {
      kept.writeBytes(piece);
      piece.release();
    }
  }

  /** Nobody else may have this response: the first one who still waits gets it as it comes. */
  private void stream() {
    cache.landed(flight, this);
    collected = null;
    ResponseHead came = head;
    for (Exchange exchange : waiting) {
      if (streaming == null && came != null && exchange.loop().equals(loop) && exchange.isOpen()) {
        streaming = exchange;
        exchange.start(came, reason.passed(), call);
      } else {
        onLoopOf(
            exchange,
            () -> new PassThrough(cache, exchange, origin, policy, reason.passed()).start());
      }
    }
    waiting.clear();
    if (streaming == null) {
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
    ByteBuf kept = collected;
    ResponseHead came = head;
    GrowingObject object = growing;
    if (streaming != null) {
      streaming.end();
    } else if (object != null) {
      object.end();
    } else if (kept != null && came != null) {
      byte[] body = ByteBufUtil.getBytes(kept);
      if (completing && parts != null) {
        if (body.length != parts.missingBytes()) {
          cache.parts().forget(key);
          askAgain();
          return;
        }
        body = parts.completed(body);
        cache.parts().forget(key);
      }
      Freshness freshness = freshness(came);
      StoredResponse result = Storability.storable(request, came, body, freshness, policy);
      if (result != null) {
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
    }
    cache.landed(flight, this);
  }

  private void store(StoredResponse result) {
    cache.put(key, result.withMark(mark), askedNanos);
  }

  /**
   * Gives everybody the response; who would have got another variant asks again.
   *
   * @param forFirst what the exchange gets whose request was sent
   */
  private void answer(StoredResponse result, StoredResponse forFirst, Outcome outcome) {
    over = true;
    cache.landed(flight, this);
    for (Exchange exchange : waiting) {
      Outcome how =
          exchange.equals(first) || !outcome.isFromOrigin() ? outcome : reason.collapsed();
      onLoopOf(
          exchange,
          () -> {
            StoredResponse own = exchange.equals(first) ? forFirst : result;
            if (!result.vary().matches(exchange.request().fields())
                || !HttpCache.reply(exchange, own, how, cache.clock().millis())) {
              cache.serve(exchange, origin, policy);
            }
          });
    }
    waiting.clear();
  }

  @Override
  public void onFailure(HttpError failure) {
    if (over) {
      return;
    }
    over = true;
    cache.landed(flight, this);
    if (dropping) {
      return;
    }
    cache.failed(key, failure, policy);
    GrowingObject object = growing;
    if (object != null) {
      object.abort();
      return;
    }
    if (streaming != null) {
      streaming.abort();
      return;
    }
    for (Exchange exchange : waiting) {
      onLoopOf(
          exchange,
          () -> {
            if (!cache.replyStale(exchange, stored, policy)) {
              exchange.refuse(failure);
            }
          });
    }
    waiting.clear();
  }

  private static void refuse(Exchange exchange, HttpError error) {
    onLoopOf(exchange, () -> exchange.refuse(error));
  }

  private static void onLoopOf(Exchange exchange, Runnable what) {
    if (exchange.loop().inEventLoop()) {
      what.run();
    } else {
      exchange.loop().execute(what);
    }
  }
}
