package io.millrace.cdn.server;

import org.jspecify.annotations.Nullable;

/**
 * How the plain and the encrypted port go together.
 *
 * @param strictTransportSecurity the value of that field in answers over TLS (RFC 6797), or null
 * @param redirectPort the port to which requests in plain text are sent on, or 0
 */
public record EdgeFront(@Nullable String strictTransportSecurity, int redirectPort) {

  /** One that leaves both alone. */
  public static final EdgeFront NONE = new EdgeFront(null, 0);
}
