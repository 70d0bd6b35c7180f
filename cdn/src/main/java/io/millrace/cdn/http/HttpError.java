package io.millrace.cdn.http;

import org.jspecify.annotations.Nullable;

/** A message that is refused, with the status that tells its sender so. Carries no stack trace. */
public final class HttpError extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;
  private final @Nullable ProxyError proxyError;

  /**
   * @param status from 400 to 599
   * @param message one sentence for the person behind the client; becomes the body of the answer
   */
  public HttpError(int status, String message) {
    this(status, null, message);
  }

  /**
   * @param proxyError what kept the edge from passing the request on, or null if that is not why
   */
  public HttpError(int status, @Nullable ProxyError proxyError, String message) {
    super(message, null, false, false);
    this.status = status;
    this.proxyError = proxyError;
  }

  /** What kept the edge from passing the request on, or null. */
  public @Nullable ProxyError proxyError() {
    return proxyError;
  }

  /** The status to answer with. */
  public int status() {
    return status;
  }

  /** The sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
