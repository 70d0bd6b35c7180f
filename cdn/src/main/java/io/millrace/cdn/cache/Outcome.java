package io.millrace.cdn.cache;

import java.nio.charset.StandardCharsets;

/** How an answer came about, with the Cache-Status member that says so (RFC 9211). */
public enum Outcome {
  /** Fresh from the cache. */
  HIT("hit"),
  /** From the cache, found fresh by asking the origin. */
  REVALIDATED("fwd=stale; fwd-status=304"),
  /** Stale from the cache, while the origin is asked in the background. */
  STALE_WHILE_REVALIDATE("hit; detail=stale-while-revalidate"),
  /** Stale from the cache, since the client accepts that. */
  STALE_ACCEPTED("hit; detail=max-stale"),
  /** Stale from the cache, since the origin failed. */
  STALE_IF_ERROR("fwd=stale; detail=stale-if-error"),
  /** From the origin, and stored. */
  MISS("fwd=miss; stored"),
  /** From the origin, and stored: another request had asked for it already. */
  COLLAPSED("fwd=miss; collapsed"),
  /** From the origin; not stored, since that is not allowed or of no use. */
  PASSED("fwd=miss"),
  /** From the origin: the method is not one that caches answer. */
  METHOD("fwd=method"),
  /** From the origin: the request asks for something that is not cached. */
  BYPASS("fwd=bypass"),
  /** Made by the edge itself. */
  EDGE("detail=edge");

  @SuppressWarnings("ImmutableEnumChecker") // handed out to be read only
  private final byte[] text;

  Outcome(String parameters) {
    this.text = ("Cache-Status: millrace; " + parameters).getBytes(StandardCharsets.US_ASCII);
  }

  /** The field line without its end; parameters may be added. The array is shared: only read it. */
  public byte[] line() {
    return text;
  }
}
