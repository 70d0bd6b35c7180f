package io.millrace.cdn.cache;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How an answer came about, with the Cache-Status member that says so (RFC 9211). */
public final class Outcome {

  /** Fresh from the cache. */
  public static final Outcome HIT = new Outcome("hit", false);

  /** From the cache, found fresh by asking the origin. */
  public static final Outcome REVALIDATED = new Outcome("fwd=stale; fwd-status=304", false);

  /** Stale from the cache, while the origin is asked in the background. */
  public static final Outcome STALE_WHILE_REVALIDATE =
      new Outcome("hit; detail=stale-while-revalidate", false);

  /** Stale from the cache, since the client accepts that. */
  public static final Outcome STALE_ACCEPTED = new Outcome("hit; detail=max-stale", false);

  /** Stale from the cache, since the origin failed. */
  public static final Outcome STALE_IF_ERROR =
      new Outcome("fwd=stale; detail=stale-if-error", false);

  /** From the origin: the method is not one that caches answer. */
  public static final Outcome METHOD = new Outcome("fwd=method", true);

  /** From the origin: the request asks for something that is not cached. */
  public static final Outcome BYPASS = new Outcome("fwd=bypass", true);

  /** Made by the edge itself. */
  public static final Outcome EDGE = new Outcome("detail=edge", false);

  /** Why the origin was asked (RFC 9211, section 2.2). */
  @SuppressWarnings("ImmutableEnumChecker") // outcomes are handed out to be read only
  enum Reason {
    /** Nothing is stored of the resource. */
    URI_MISS,
    /** What is stored of it is for other requests. */
    VARY_MISS,
    /** What is stored is stale, or must be validated each time. */
    STALE,
    /** What is stored is fresh, but not as fresh as the request wants it. */
    REQUEST,
    /** Only parts are stored. */
    PARTIAL;

    private final Outcome stored = of("; stored");
    private final Outcome collapsed = of("; collapsed");
    private final Outcome passed = of("");

    private Outcome of(String parameters) {
      return new Outcome(
          "fwd=" + name().toLowerCase(Locale.ROOT).replace('_', '-') + parameters, true);
    }

    /** From the origin, and stored. */
    Outcome stored() {
      return stored;
    }

    /** From the origin, which another request had asked already. */
    Outcome collapsed() {
      return collapsed;
    }

    /** From the origin, not stored. */
    Outcome passed() {
      return passed;
    }
  }

  private final byte[] text;
  private final boolean fromOrigin;

  private Outcome(String parameters, boolean fromOrigin) {
    this.text = ("Cache-Status: millrace; " + parameters).getBytes(StandardCharsets.US_ASCII);
    this.fromOrigin = fromOrigin;
  }

  /** Whether the origin has made the answer just now, so that it has no age. */
  public boolean isFromOrigin() {
    return fromOrigin;
  }

  /** The field line without its end; parameters may be added. The array is shared: only read it. */
  public byte[] line() {
    return text;
  }
}
