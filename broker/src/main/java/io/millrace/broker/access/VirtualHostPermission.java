package io.millrace.broker.access;

/**
 * What a user may do in a virtual host. A user without one may not open it.
 *
 * @param configure exchanges and queues that the user may make and delete
 * @param write exchanges and queues that the user may send to
 * @param read exchanges and queues that the user may receive from
 */
public record VirtualHostPermission(
    String user, String virtualHost, NameRegex configure, NameRegex write, NameRegex read)
    implements AccessEntry {

  /** Checks the names. */
  public VirtualHostPermission {
    AccessChecks.name("user", user);
    AccessChecks.name("virtual host", virtualHost);
  }

  /**
   * From the texts of regular expressions.
   *
   * @throws io.millrace.broker.BrokerException for one that is none
   */
  public static VirtualHostPermission of(
      String user, String virtualHost, String configure, String write, String read) {
    return new VirtualHostPermission(
        user, virtualHost, NameRegex.of(configure), NameRegex.of(write), NameRegex.of(read));
  }

  /** Everything in the virtual host. */
  public static VirtualHostPermission full(String user, String virtualHost) {
    return new VirtualHostPermission(
        user, virtualHost, NameRegex.ALL, NameRegex.ALL, NameRegex.ALL);
  }

  /** The names that a right is for. */
  public NameRegex of(Right right) {
    return switch (right) {
      case CONFIGURE -> configure;
      case WRITE -> write;
      case READ -> read;
    };
  }

  @Override
  public Object identity() {
    return identity(user, virtualHost);
  }

  static Object identity(String user, String virtualHost) {
    return new Identity(user, virtualHost);
  }

  private record Identity(String user, String virtualHost) {}
}
