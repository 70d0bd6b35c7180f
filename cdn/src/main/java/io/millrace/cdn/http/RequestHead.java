package io.millrace.cdn.http;

/**
 * The head of a request.
 *
 * @param method as sent; methods are told apart by case
 * @param target as sent, printable ASCII without spaces
 * @param http11 false for HTTP/1.0
 */
public record RequestHead(String method, String target, boolean http11, Fields fields) {

  /** Whether the connection may serve another request (RFC 9112, section 9.3). */
  public boolean keepsAlive() {
    if (http11) {
      return !fields.hasToken("connection", "close");
    }
    return fields.hasToken("connection", "keep-alive");
  }

  /** Whether the method asks for nothing to be changed (RFC 9110, section 9.2.1). */
  public boolean isSafe() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }
}
