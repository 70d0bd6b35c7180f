package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that goes to the origin for one client alone, its body and its response streamed. What
 * its response means for the cache is seen to on the way: an unsafe method invalidates, a HEAD
 * renews what is stored, and a response that may be stored is, be it whole or a part.
 *
 * <p>Confined to the exchange's loop.
 */
final class PassThrough implements ResponseListener {

  private static final Logger LOG = LoggerFactory.getLogger(PassThrough.class);
  private static final int FIRST_BYTES = 1024;

  private final HttpCache cache;
  private final Exchange exchange;
  private final Origin origin;
  private final CachePolicy policy;
  private final Outcome outcome;
  private final String key;
  private final long askedMillis;
  private long askedNanos;
  private final long mark;
  private OriginCall call = OriginCall.DONE;
  private boolean started;
  private @Nullable ResponseHead head;
  private @Nullable ByteBuf copy;

  PassThrough(
      HttpCache cache, Exchange exchange, Origin origin, CachePolicy policy, Outcome outcome) {
    this.cache = cache;
    this.exchange = exchange;
    this.origin = origin;
    this.policy = policy;
    this.outcome = outcome;
    this.key = policy.key().key(exchange.target());
    this.askedMillis = cache.clock().millis();
    this.askedNanos = cache.clock().nanos();
    this.mark = cache.store().mark();
  }

  void start() {
    cache.figures().originFetches.increment();
    OriginRequest request = ForwardedRequest.asIs(exchange, cache.loop());
    OriginCall begun;
    try {
      begun = origin.fetch(request, this);
    } catch (RuntimeException e) {
      LOG.error("The origin of {} failed", key, e);
      onFailure(new HttpError(502, ProxyError.PROXY_INTERNAL_ERROR, "the origin failed"));
      return;
    }
    if (!started) {
      call = begun;
      exchange.steer(begun);
      if (!(exchange.body() instanceof Framing.None)) {
        exchange.sendBodyTo(begun);
      }
    }
  }

  @Override
  public void onWritable() {
    exchange.bodyWanted();
  }

  @Override
  public void onHead(ResponseHead came) {
    started = true;
    head = came;
    if (came.status() >= 500) {
      cache.figures().originFailures.increment();
    }
    String method = exchange.request().method();
    if (!exchange.request().isSafe() && came.status() >= 200 && came.status() < 400) {
      cache.invalidateAfter(exchange.target(), came, policy.key());
      if (answersGetToo(came)) {
        // Younger than the invalidation, which is of what it was before.
        askedNanos = cache.clock().nanos() + 1;
        copy = Unpooled.buffer(FIRST_BYTES);
      }
    } else if (method.equals("HEAD")) {
      ResponseHead renewed = renew(came);
      if (renewed != null) {
        exchange.start(renewed, outcome, call);
        return;
      }
    } else if (method.equals("GET")
        && exchange.body() instanceof Framing.None
        && (came.status() != 206 || ContentRange.of(came) != null)
        && Storability.mayStore(
            exchange.request(), came, CacheControl.ofResponse(came.fields()), policy)) {
      copy = Unpooled.buffer(FIRST_BYTES);
    }
    exchange.start(came, outcome, call);
  }

  /**
   * Whether the response to a POST is what a GET would get from here on: it says so by
   * Content-Location, and for how long (RFC 9110, section 9.3.3).
   */
  private boolean answersGetToo(ResponseHead came) {
    String content = came.fields().first("content-location");
    RequestTarget of = content == null ? null : exchange.target().resolve(content);
    CacheControl control = CacheControl.ofResponse(came.fields());
    return exchange.request().method().equals("POST")
        && came.status() == 200
        && exchange.target().equals(of)
        && Storability.isExplicit(came, control)
        && Storability.mayStore(exchange.request(), came, control, policy);
  }

  /** The response to a HEAD renews, or gives the lie to, what is stored (RFC 9111, 4.3.5). */
  private @Nullable ResponseHead renew(ResponseHead came) {
    Fields fields = came.fields();
    StoredResponse stored = cache.find(key, exchange.request().fields());
    if (stored == null || came.status() != stored.head().status()) {
      return null;
    }
    String length = fields.first("content-length");
    boolean same =
        (!fields.has("etag") || fields.first("etag") == null || sameTag(fields, stored))
            && (!fields.has("last-modified")
                || String.valueOf(fields.first("last-modified")).equals(stored.lastModified()))
            && (length == null || length.equals(Long.toString(stored.body().length())));
    if (!same) {
      cache.invalidate(key);
      return null;
    }
    Freshness freshness = Freshness.of(came, askedMillis, cache.clock().millis(), policy);
    StoredResponse updated = stored.updated(fields, freshness);
    if (Storability.mayStore(exchange.request(), came, updated.control(), policy)) {
      cache.put(key, updated.withMark(mark), askedNanos);
    }
    return updated.head();
  }

  private static boolean sameTag(Fields fields, StoredResponse stored) {
    return String.valueOf(fields.first("etag")).equals(stored.etag());
  }

  @Override
  public void onBody(ByteBuf piece) {
    cache.figures().originBytes.add(piece.readableBytes());
    ByteBuf kept = copy;
    if (kept != null) {
      if (kept.readableBytes() + piece.readableBytes() > policy.maxObjectBytes()) {
        copy = null;
      } else {
        kept.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
      }
    }
    exchange.piece(piece);
  }

  @Override
  public void onEnd() {
    if (copy != null && head != null) {
      store(head, ByteBufUtil.getBytes(copy));
    }
    exchange.end();
  }

  private void store(ResponseHead came, byte[] body) {
    RequestHead request = exchange.request();
    Freshness freshness = Freshness.of(came, askedMillis, cache.clock().millis(), policy);
    if (came.status() != 206) {
      StoredResponse stored = Storability.storable(request, came, body, freshness, policy);
      if (stored != null) {
        cache.put(key, stored.withMark(mark), askedNanos);
      }
      return;
    }
    ContentRange range = ContentRange.of(came);
    VaryKey vary = VaryKey.of(came.fields(), request.fields(), policy.key());
    if (range != null && vary != null && range.length() == body.length) {
      cache.putPart(
          key,
          request,
          PartialResponse.of(came, range, body, freshness, vary),
          policy,
          askedNanos,
          mark);
    }
  }

  @Override
  public void onFailure(HttpError failure) {
    if (started) {
      exchange.abort();
      return;
    }
    started = true;
    cache.figures().originFailures.increment();
    StoredResponse stored =
        exchange.request().isSafe() ? cache.find(key, exchange.request().fields()) : null;
    if (!cache.replyStale(exchange, stored, policy)) {
      exchange.refuse(failure);
    }
  }
}
