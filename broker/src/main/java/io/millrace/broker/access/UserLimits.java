package io.millrace.broker.access;

/**
 * How much a user may have open at a time.
 *
 * @param maxConnections of the user, in all virtual hosts; -1 for no limit
 * @param maxChannels of all connections of the user; -1 for no limit
 */
public record UserLimits(int maxConnections, int maxChannels) {

  /** No limits. */
  public static final UserLimits NONE = new UserLimits(-1, -1);

  /** Checks the bounds. */
  public UserLimits {
    AccessChecks.limit("max-connections", maxConnections);
    AccessChecks.limit("max-channels", maxChannels);
  }
}
