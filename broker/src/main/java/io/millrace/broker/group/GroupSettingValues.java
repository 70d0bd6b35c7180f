package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The settings that were given to a group over their defaults. Immutable. */
final class GroupSettingValues {

  private final Map<String, GroupSetting> table;
  private final Map<String, String> given;

  /**
   * Checks each of them.
   *
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  GroupSettingValues(Map<String, GroupSetting> table, Map<String, String> given) {
    this.table = table;
    this.given = Map.copyOf(given);
    given.forEach(this::check);
  }

  private void check(String name, String value) {
    GroupSetting setting = table.get(name);
    if (setting == null) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          "group setting "
              + name
              + " is not known; allowed: "
              + table.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }
    if (!setting.accepts().test(value)) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          name + " is \"" + value + "\"; allowed: " + setting.allowed());
    }
  }

  String text(String name) {
    GroupSetting setting = table.get(name);
    if (setting == null) {
      throw new IllegalStateException(name + " is missing in the table of settings");
    }
    return given.getOrDefault(name, setting.defaultValue());
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  Duration millis(String name) {
    return Duration.ofMillis(number(name));
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }

  /** The parts between commas. */
  List<String> list(String name) {
    return Arrays.stream(text(name).split(",", -1))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .toList();
  }

  /**
   * Checks that members are given longer than the time between two of their heartbeats.
   *
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  void checkSession(String session, String heartbeat) {
    if (number(session) <= number(heartbeat)) {
      throw new BrokerException(
          BrokerError.INVALID_SETTING,
          session
              + " is "
              + number(session)
              + "; allowed: more than "
              + heartbeat
              + ", "
              + number(heartbeat));
    }
  }
}
