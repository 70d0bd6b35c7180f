package io.millrace.cdn.http;

import java.util.Locale;

/** Why an intermediary could not pass on what it was asked for (RFC 9209, section 2.3). */
public enum ProxyError {
  /** The origin's name has no address. */
  DNS_ERROR,
  /** The origin cannot be reached. */
  DESTINATION_UNAVAILABLE,
  /** Nobody listens on the origin's port. */
  CONNECTION_REFUSED,
  /** The connection ended before there was a response. */
  CONNECTION_TERMINATED,
  /** No connection came about in time. */
  CONNECTION_TIMEOUT,
  /**
   * There are as many connections to the origin, and requests that wait for one, as are allowed.
   */
  CONNECTION_LIMIT_REACHED,
  /** The response, or the rest of it, did not come in time. */
  HTTP_RESPONSE_TIMEOUT,
  /** The response ended before it was complete. */
  HTTP_RESPONSE_INCOMPLETE,
  /** What came is no response. */
  HTTP_PROTOCOL_ERROR,
  /** The intermediary is at fault. */
  PROXY_INTERNAL_ERROR,
  /** The request has passed here before. */
  PROXY_LOOP_DETECTED,
  /** The request may not be answered otherwise: the answer is the intermediary's own. */
  PROXY_INTERNAL_RESPONSE;

  /** As the Proxy-Status field has it. */
  public String token() {
    return name().toLowerCase(Locale.ROOT);
  }
}
