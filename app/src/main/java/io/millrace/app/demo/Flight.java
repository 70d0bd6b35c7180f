package io.millrace.app.demo;

import java.time.LocalDateTime;

/**
 * One flight.
 *
 * @param scheduled when it was to leave, in whole minutes of the airport's local time: its event
 *     time
 * @param delay minutes that it left late; below 0 when early
 * @param distance miles
 * @param origin the airport it left from, three letters
 * @param destination the airport it flew to, three letters
 */
record Flight(LocalDateTime scheduled, int delay, int distance, String origin, String destination) {

  /** When it was known that it had left: the order in which flights are sent. */
  LocalDateTime reported() {
    return scheduled.plusMinutes(delay);
  }

  /** The value of its record, with the columns of the table {@code flights} in board.sql. */
  String json() {
    return "{\"scheduled\":\""
        + SqlTimestamp.format(scheduled)
        + "\",\"delay\":"
        + delay
        + ",\"distance\":"
        + distance
        + ",\"origin\":\""
        + origin
        + "\",\"destination\":\""
        + destination
        + "\"}";
  }
}
