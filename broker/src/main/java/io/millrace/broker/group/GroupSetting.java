package io.millrace.broker.group;

import java.util.function.Predicate;

/**
 * One setting that a group can have of its own (Kafka's GROUP resources), as a line of the table of
 * them. Names are Kafka's, so that its tools work.
 *
 * @param defaultValue what holds where the group does not say otherwise
 * @param allowed for people: what values there are
 * @param doc for people: what it does
 * @param accepts whether a value can be used
 */
public record GroupSetting(
    String name,
    Type type,
    String defaultValue,
    String allowed,
    String doc,
    Predicate<String> accepts) {

  /** What kind of value it has, in the terms of Kafka's DescribeConfigs. */
  public enum Type {
    BOOLEAN,
    STRING,
    INT,
    LONG,
    LIST
  }

  static GroupSetting number(String name, long defaultValue, long least, long most, String doc) {
    return number(name, Type.INT, defaultValue, least, most, doc);
  }

  /** A number that may not fit 32 bits. */
  static GroupSetting longNumber(
      String name, long defaultValue, long least, long most, String doc) {
    return number(name, Type.LONG, defaultValue, least, most, doc);
  }

  /** A switch that is always off here. */
  static GroupSetting never(String name, String why) {
    return new GroupSetting(name, Type.BOOLEAN, "false", "only false", why, "false"::equals);
  }

  private static GroupSetting number(
      String name, Type type, long defaultValue, long least, long most, String doc) {
    return new GroupSetting(
        name,
        type,
        Long.toString(defaultValue),
        least + " to " + most,
        doc,
        value -> isWithin(value, least, most));
  }

  private static boolean isWithin(String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      return number >= least && number <= most;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
