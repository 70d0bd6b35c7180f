package io.millrace.broker.security;

import io.millrace.broker.security.AclIndex.Verdict;
import java.util.function.Supplier;

/** Decides who may do what, by the entries of the moment. Any thread. */
public final class Authorizer {

  private final AuthorizerSettings settings;
  private final Supplier<AclIndex> acls;

  /**
   * @param acls the entries of the moment
   */
  public Authorizer(AuthorizerSettings settings, Supplier<AclIndex> acls) {
    this.settings = settings;
    this.acls = acls;
  }

  /** False when everybody may do everything. */
  public boolean isEnabled() {
    return settings.enabled();
  }

  /** The entries of the moment; as long as it is the same object, decisions stay the same. */
  public AclIndex acls() {
    return acls.get();
  }

  /** Whether somebody may do something to a resource. */
  public boolean allows(
      Principal principal, String host, Operation operation, ResourceType type, String name) {
    if (!settings.enabled() || isSuperUser(principal)) {
      return true;
    }
    Verdict verdict = acls.get().decide(principal, host, operation, type, name);
    return verdict == Verdict.ALLOWED
        || (verdict == Verdict.UNMENTIONED && settings.allowIfNoAclFound());
  }

  /** Whether somebody may do something to at least one resource of a type. */
  public boolean allowsSomewhere(
      Principal principal, String host, Operation operation, ResourceType type) {
    return !settings.enabled()
        || isSuperUser(principal)
        || acls.get()
            .allowsSomewhere(principal, host, operation, type, settings.allowIfNoAclFound());
  }

  /** Whether somebody may do everything, whatever the entries say. */
  boolean isSuperUser(Principal principal) {
    return settings.superUsers().contains(principal);
  }
}
