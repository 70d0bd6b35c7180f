package io.millrace.broker.security;

import java.util.Objects;

/**
 * Who a client is, as access control lists name it: {@code User:alice}.
 *
 * @param type {@code User} for all that a node authenticates itself
 * @param name in that type
 */
public record Principal(String type, String name) {

  /** The type of all principals that a node makes. */
  public static final String USER = "User";

  /** Whoever came without a proof of who they are. */
  public static final Principal ANONYMOUS = user("ANONYMOUS");

  /** Checks that both are there. */
  public Principal {
    Objects.requireNonNull(type);
    Objects.requireNonNull(name);
  }

  /** The user of that name. */
  public static Principal user(String name) {
    return new Principal(USER, name);
  }

  /**
   * Reads {@code type:name}.
   *
   * @throws IllegalArgumentException when there is no colon or nothing before it
   */
  public static Principal parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "a principal is " + text + "; allowed: a type, a colon and a name, as in User:alice");
    }
    return new Principal(text.substring(0, colon), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return type + ":" + name;
  }
}
