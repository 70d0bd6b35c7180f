package io.millrace.cdn.cache;

import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.store.Body;
import io.millrace.cdn.store.MemoryBody;
import org.jspecify.annotations.Nullable;

/** Which responses a shared cache may store (RFC 9111, section 3), and which it is worth it. */
final class Storability {

  private Storability() {}

  /**
   * The response in the form in which it may be stored, or null when it may not or need not be (RFC
   * 9111, section 3). A part of a representation is no response of its own: see {@link
   * PartialResponse}.
   */
  static @Nullable StoredResponse storable(
      RequestHead request,
      ResponseHead head,
      byte[] body,
      Freshness freshness,
      CachePolicy policy) {
    return storable(request, head, new MemoryBody(body), body.length, freshness, policy);
  }

  /** The same for a body of that length, which may be yet to come. */
  static @Nullable StoredResponse storable(
      RequestHead request,
      ResponseHead head,
      Body body,
      long length,
      Freshness freshness,
      CachePolicy policy) {
    CacheControl control = CacheControl.ofResponse(head.fields());
    VaryKey vary = VaryKey.of(head.fields(), request.fields(), policy.key());
    if (vary == null || head.status() == 206 || !mayStore(request, head, control, policy)) {
      return null;
    }
    boolean validated = head.fields().has("etag") || head.fields().has("last-modified");
    // Also what comes stale is of use, to clients that accept it and when the origin fails.
    long usableStale =
        Math.max(
            Math.max(0, control.staleWhileRevalidate()) * 1000,
            freshness.lifetimeMillis() > 0 ? policy.staleIfErrorMillis(control) : 0);
    boolean lasts =
        !control.noCache() && freshness.leftMillis(freshness.responseMillis()) + usableStale > 0;
    return lasts || validated ? StoredResponse.of(head, body, length, freshness, vary) : null;
  }

  /** Whether a response says itself how long it is fresh in a shared cache. */
  static boolean isExplicit(ResponseHead head, CacheControl control) {
    return control.maxAge() != CacheControl.NONE
        || control.sMaxAge() != CacheControl.NONE
        || (!control.isTargeted() && head.fields().has("expires"));
  }

  /**
   * Whether storing is allowed at all. RFC 9111 leaves Set-Cookie to the origin's care; unless the
   * policy does too, a response that sets one is kept only if it is said to be for all: a cookie
   * that was made for one and given to many costs more than a fetch.
   */
  static boolean mayStore(
      RequestHead request, ResponseHead head, CacheControl control, CachePolicy policy) {
    if (control.isPrivate() || head.status() == 304) {
      return false;
    }
    boolean understood = Freshness.isHeuristicallyCacheable(head.status());
    if (control.mustUnderstand() ? !understood : control.noStore()) {
      return false;
    }
    if (policy.honoursRequests() && CacheControl.ofRequest(request.fields()).noStore()) {
      return false;
    }
    boolean forAll =
        control.isPublic() || control.sMaxAge() != CacheControl.NONE || control.isTargeted();
    if (head.fields().has("set-cookie") && !forAll && !policy.storesSetCookie()) {
      return false;
    }
    if (request.fields().has("authorization") && !control.allowsAuthorized()) {
      return false;
    }
    return understood || control.isPublic() || isExplicit(head, control);
  }
}
