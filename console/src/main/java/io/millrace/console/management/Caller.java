package io.millrace.console.management;

import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.Right;
import java.util.Set;

/**
 * Who asks.
 *
 * @param user its name
 * @param tags of the user
 * @param access what there was of users and permissions when it asked
 */
record Caller(String user, Set<String> tags, AccessImage access) {

  private static final Set<String> ALL =
      Set.of("administrator", "monitoring", "policymaker", "management");

  Caller {
    tags = Set.copyOf(tags);
  }

  boolean isAdministrator() {
    return tags.contains("administrator");
  }

  boolean isMonitoring() {
    return isAdministrator() || tags.contains("monitoring");
  }

  /** Whether things of a virtual host are shown to it. */
  boolean sees(String virtualHost) {
    return isMonitoring() || access.mayOpen(user, virtualHost);
  }

  /**
   * Checks a right to an exchange or a queue, as the AMQP port does.
   *
   * @param name of the exchange or queue; the default exchange has none
   * @throws Refusal when it has not that right
   */
  void check(Right right, String virtualHost, String name) {
    if (!access.mayOpen(user, virtualHost)) {
      throw Refusal.notAuthorised("User not authorised to access virtual host");
    }
    if (!access.allows(user, virtualHost, right, name.isEmpty() ? "amq.default" : name)) {
      throw Refusal.notAuthorised("Access refused.");
    }
  }

  /**
   * Checks what its tags allow.
   *
   * @throws Refusal when that is not enough
   */
  void check(Access needed) {
    if (needed == Access.ANYBODY) {
      return;
    }
    if (tags.stream().noneMatch(ALL::contains)) {
      throw Refusal.notAuthorised("Not management user");
    }
    boolean enough =
        switch (needed) {
          case ANYBODY, MANAGEMENT -> true;
          case MONITORING -> isMonitoring();
          case POLICYMAKER -> isAdministrator() || tags.contains("policymaker");
          case ADMINISTRATOR -> isAdministrator();
        };
    if (!enough) {
      throw Refusal.notAuthorised(
          switch (needed) {
            case MONITORING -> "Not monitor user";
            case POLICYMAKER -> "Not policymaker user";
            default -> "Not administrator user";
          });
    }
  }
}
