package io.millrace.app.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where in a partition a command begins, as people write it. */
public sealed interface Place {

  /** How an option's help describes what {@link #parse} takes. */
  String ALLOWED = "beginning, end, an offset, or a time such as 2026-01-31T12:00:00Z";

  /** The first record that there is. */
  record Beginning() implements Place {}

  /** After the last record. */
  record End() implements Place {}

  /** The record of this number. */
  record Offset(long offset) implements Place {}

  /** The first record of this time or a later one, in milliseconds since 1970. */
  record Time(long millis) implements Place {}

  /**
   * Reads a place.
   *
   * @param option the option's name, for the error
   * @throws CommandException when it is none
   */
  static Place parse(String option, String text) {
    return switch (text) {
      case "beginning" -> new Beginning();
      case "end" -> new End();
      default -> {
        try {
          yield !text.isEmpty() && text.chars().allMatch(Character::isDigit)
              ? new Offset(Long.parseLong(text))
              : new Time(Instant.parse(text).toEpochMilli());
        } catch (NumberFormatException | DateTimeParseException e) {
          throw CommandException.usage(option + " is \"" + text + "\"; allowed: " + ALLOWED);
        }
      }
    };
  }
}
