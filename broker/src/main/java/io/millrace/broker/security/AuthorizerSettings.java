package io.millrace.broker.security;

import java.util.Set;

/**
 * Whether and how requests are checked against access control lists.
 *
 * @param enabled false lets everybody do everything
 * @param superUsers who may do everything whatever the lists say ({@code super.users})
 * @param allowIfNoAclFound whether everybody may do everything to a resource that no entry is about
 *     ({@code allow.everyone.if.no.acl.found})
 */
public record AuthorizerSettings(
    boolean enabled, Set<Principal> superUsers, boolean allowIfNoAclFound) {

  /** Everybody may do everything. */
  public static final AuthorizerSettings OFF = new AuthorizerSettings(false, Set.of(), false);

  /** Copies the set. */
  public AuthorizerSettings {
    superUsers = Set.copyOf(superUsers);
  }
}
