package io.millrace.broker.queue;

/**
 * Where a body lies that several queues share.
 *
 * @param log which of the shared logs
 * @param offset in it
 */
public record SharedBody(int log, long offset) {

  String asText() {
    return log + ":" + offset;
  }

  /**
   * The place that {@link #asText} wrote.
   *
   * @throws IllegalArgumentException when it is none
   */
  static SharedBody parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("\"" + text + "\" is no place of a body");
    }
    return new SharedBody(
        Integer.parseInt(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }
}
