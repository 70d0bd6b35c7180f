package io.millrace.kafka.quota;

import io.millrace.core.SettingException;
import java.time.Duration;

/**
 * Over which time use is averaged.
 *
 * @param windows how many windows are kept, the present one included ({@code quota.window.num})
 * @param window how long one is, in whole seconds ({@code quota.window.size.seconds})
 */
public record QuotaSettings(int windows, Duration window) {

  /** Kafka's: eleven windows of one second. */
  public static final QuotaSettings DEFAULT = new QuotaSettings(11, Duration.ofSeconds(1));

  /** Checks the ranges. */
  public QuotaSettings {
    if (windows < 1 || windows > 1000) {
      throw new SettingException("quota.window.num", "is " + windows, "1 to 1000");
    }
    if (window.toSeconds() < 1 || window.toSeconds() > 86_400) {
      throw new SettingException(
          "quota.window.size.seconds", "is " + window.toSeconds(), "1 to 86400");
    }
  }
}
