package io.millrace.kafka.net;

import io.millrace.broker.security.Principal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and whether that has been proved.
 *
 * <pre>
 *   not required ─── served as the certificate's subject, or as anonymous
 *   required ── succeeded ──► served until the session ends ── succeeded again ──► …  (KIP-368)
 *        │                              │
 *        └── failed ──► nothing served ◄┘
 * </pre>
 *
 * <p>Confined to the connection's event loop.
 */
public final class Authentication {

  /** As Kafka's {@code sasl.server.max.receive.size}: the longest frame before authentication. */
  static final int MAX_REQUEST_BYTES = 524_288;

  private static final short SASL_HANDSHAKE = 17;
  private static final short API_VERSIONS = 18;
  private static final short SASL_AUTHENTICATE = 36;
  private static final long NEVER = Long.MAX_VALUE;

  private final boolean required;
  private boolean succeeded;
  private boolean failed;
  private long endNanos = NEVER;
  private Principal principal = Principal.ANONYMOUS;
  private @Nullable Object exchange;

  Authentication(boolean required) {
    this.required = required;
  }

  /** Whether this connection has SASL at all. */
  public boolean isRequired() {
    return required;
  }

  /** True when requests other than those of authentication are served. */
  public boolean isComplete() {
    return (!required || succeeded) && !failed;
  }

  /** Who it is; anonymous until something else is proved. */
  public Principal principal() {
    return principal;
  }

  /** The subject of the client's certificate. */
  void certified(Principal subject) {
    principal = subject;
  }

  /**
   * The client has proved who it is.
   *
   * @param lifetimeMillis it must do so again within this; 0 for never
   */
  public void succeed(Principal proved, long lifetimeMillis) {
    succeeded = true;
    principal = proved;
    endNanos =
        lifetimeMillis <= 0
            ? NEVER
            : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lifetimeMillis);
  }

  /** The client has not proved who it is: nothing is served any more. */
  public void fail() {
    failed = true;
  }

  /** What the SASL code keeps between two requests, or null. */
  public @Nullable Object exchange() {
    return exchange;
  }

  /** Keeps it, or nothing for null. */
  public void exchange(@Nullable Object state) {
    exchange = state;
  }

  /** Whether a request of that API may be served now. */
  boolean admits(short api) {
    if (failed) {
      return false;
    }
    if (!required || api == SASL_HANDSHAKE || api == SASL_AUTHENTICATE || api == API_VERSIONS) {
      return true;
    }
    return succeeded && (endNanos == NEVER || System.nanoTime() - endNanos < 0);
  }
}
