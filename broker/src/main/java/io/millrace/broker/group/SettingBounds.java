package io.millrace.broker.group;

import io.millrace.core.SettingException;
import java.time.Duration;

/** Bounds of settings, by name. */
final class SettingBounds {

  private SettingBounds() {}

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new SettingException(name, "is " + value, least + " or more");
    }
  }

  static void range(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(name, "is " + value, least + " to " + most);
    }
  }

  /** Members are silent between heartbeats, so their session is longer than that. */
  static void session(String section, Duration session, Duration heartbeat) {
    atLeast(section + "heartbeat-interval", heartbeat.toMillis(), 1);
    atLeast(section + "session-timeout", session.toMillis(), heartbeat.toMillis() + 1);
  }
}
