package io.millrace.cdn.http;

/** A message that is refused, with the status that tells its sender so. Carries no stack trace. */
public final class HttpError extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * @param status from 400 to 599
   * @param message one sentence for the person behind the client; becomes the body of the answer
   */
  public HttpError(int status, String message) {
    super(message, null, false, false);
    this.status = status;
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
