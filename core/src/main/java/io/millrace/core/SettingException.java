package io.millrace.core;

/**
 * A setting that cannot be used. The message is one sentence that names the setting, what was wrong
 * with it and what is allowed, ready to be shown to the person who set it.
 */
public final class SettingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String setting;

  /**
   * @param setting the name as the user writes it, such as {@code kafka.port}
   * @param problem what was wrong, such as {@code is "many"}
   * @param allowed what would be accepted, such as {@code a number from 0 to 65535}
   */
  public SettingException(String setting, String problem, String allowed) {
    super(setting + " " + problem + "; allowed: " + allowed);
    this.setting = setting;
  }

  /** The name of the setting as the user writes it. */
  public String setting() {
    return setting;
  }
}
