package io.millrace.console.management;

import java.util.Set;

/**
 * Who asks.
 *
 * @param user its name
 * @param tags of the user
 */
record Caller(String user, Set<String> tags) {

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
    return isMonitoring() || !virtualHost.isEmpty();
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
