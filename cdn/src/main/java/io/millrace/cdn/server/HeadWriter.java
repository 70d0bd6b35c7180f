package io.millrace.cdn.server;

import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Fields;

/**
 * Takes the head of an answer and writes it as its client's version of HTTP has it: first the
 * status, or a stored response with all its fields, then further fields. What belongs to the
 * connection is no business of whoever calls.
 */
interface HeadWriter {

  /** The status line; the reason is left out where there is no place for it. */
  void status(int status, String reason);

  /** Status and fields of a stored response, as they were encoded when it was stored. */
  void stored(StoredResponse response);

  /** One line of a list of fields, which is no field of a connection. */
  void line(Fields fields, int line);

  /** A field of the edge's own; name and value in ASCII. */
  void field(String name, String value);

  /** A field whose value is a number. */
  void number(String name, long value);

  /** Cache-Status, as the outcome has it. */
  void cacheStatus(Outcome outcome);

  /** Cache-Status with how long the response stays fresh, which may be negative. */
  void cacheStatus(Outcome outcome, long ttlSeconds);

  /** The body's length is not known before its end. */
  void undelimited();

  /** The body goes on until the client or the edge has had enough of it. */
  void endless();
}
