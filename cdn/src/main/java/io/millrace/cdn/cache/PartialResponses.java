package io.millrace.cdn.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of resources that are not stored as a whole, bounded in bytes. For each resource
 * there is one variant: parts are of large things, which seldom have several. Any thread calls it.
 */
final class PartialResponses {

  private final Cache<String, PartialResponse> store;
  private volatile long since;

  PartialResponses(long maxBytes) {
    this.store =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, PartialResponse parts) -> parts.weight(key))
            .executor(Runnable::run)
            .build();
  }

  /** What is stored for a request, fresh or not. */
  @Nullable PartialResponse find(String key, Fields request) {
    PartialResponse parts = store.getIfPresent(key);
    return parts != null && parts.vary().matches(request) ? parts : null;
  }

  /**
   * The 206 for a request's range, or null where the origin has to be asked: not all of the range
   * is here, it is not fresh, or the request wants it otherwise.
   */
  @Nullable StoredResponse answer(
      String key, RequestHead request, CacheControl asked, long nowMillis) {
    Fields fields = request.fields();
    String range = fields.first("range");
    if (range == null
        || asked.noCache()
        || fields.has("authorization")
        || fields.has("if-none-match")
        || fields.has("if-modified-since")
        || fields.has("if-match")
        || fields.has("if-unmodified-since")) {
      return null;
    }
    PartialResponse parts = find(key, fields);
    if (parts == null
        || CacheControl.ofResponse(parts.head().fields()).noCache()
        || !isFresh(parts.freshness(), asked, nowMillis)
        || !Preconditions.rangeApplies(
            fields, parts.strongTag(), parts.head().fields().first("last-modified"))) {
      return null;
    }
    ByteRange wanted = ByteRange.parse(range, parts.total());
    PartialResponse.Part part =
        wanted == null || wanted.equals(ByteRange.UNSATISFIABLE) ? null : parts.holding(wanted);
    return wanted == null || part == null ? null : parts.answer(wanted, part);
  }

  private static boolean isFresh(Freshness freshness, CacheControl asked, long nowMillis) {
    return freshness.leftMillis(nowMillis) > Math.max(0, asked.minFresh() * 1000)
        && (asked.maxAge() == CacheControl.NONE
            || freshness.ageMillis(nowMillis) <= asked.maxAge() * 1000);
  }

  /**
   * Adds what a response has brought.
   *
   * @param mostBytes that are kept of one resource
   * @return all that is now stored of the resource; when that is complete it is no longer kept here
   */
  PartialResponse add(String key, PartialResponse brought, int mostBytes) {
    PartialResponse[] now = new PartialResponse[1];
    store
        .asMap()
        .compute(
            key,
            (k, old) -> {
              now[0] = old == null ? brought : old.with(brought, mostBytes);
              return now[0].isComplete() ? null : now[0];
            });
    return now[0];
  }

  /** Purges have come since: what was stored before is forgotten, as it may be what they name. */
  void holdSince(long mark) {
    if (mark != since) {
      since = mark;
      store.invalidateAll();
    }
  }

  void forget(String key) {
    store.invalidate(key);
  }
}
