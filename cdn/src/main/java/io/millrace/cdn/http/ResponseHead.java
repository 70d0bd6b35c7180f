package io.millrace.cdn.http;

/**
 * The head of a response.
 *
 * @param status from 100 to 999
 * @param reason may be empty
 * @param http11 false when the server spoke HTTP/1.0
 */
public record ResponseHead(int status, String reason, boolean http11, Fields fields) {

  /** With the reason phrase that its status usually has. */
  public ResponseHead(int status, Fields fields) {
    this(status, Statuses.reason(status), true, fields);
  }

  /** With other fields. */
  public ResponseHead withFields(Fields other) {
    return new ResponseHead(status, reason, http11, other);
  }

  /** Whether a response of this status never has a body (RFC 9110, section 6.4.1). */
  public boolean isBodiless() {
    return status == 204 || status == 304 || status < 200;
  }
}
