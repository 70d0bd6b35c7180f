package io.millrace.broker.access;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may connect.
 *
 * @param name 1 to 255 bytes of UTF-8
 * @param password null for a user who cannot log in by a password, only by a certificate
 * @param tags what the user may administer: {@link #ADMINISTRATOR}, {@link #MONITORING}, {@link
 *     #POLICYMAKER}, {@link #MANAGEMENT} and any others, which mean nothing here
 * @param limits of the user's connections
 */
public record User(
    String name, @Nullable PasswordHash password, Set<String> tags, UserLimits limits)
    implements AccessEntry {

  /** Everything, users and virtual hosts included. */
  public static final String ADMINISTRATOR = "administrator";

  /** Sees all virtual hosts, connections and the node. */
  public static final String MONITORING = "monitoring";

  /** Sets policies and parameters of the virtual hosts that the user has permissions in. */
  public static final String POLICYMAKER = "policymaker";

  /** Sees what the user could see by AMQP. */
  public static final String MANAGEMENT = "management";

  private static final int MOST_TAGS = 64;

  /** Checks the bounds. */
  public User {
    AccessChecks.name("user", name);
    tags = Set.copyOf(tags);
    if (tags.size() > MOST_TAGS) {
      throw AccessChecks.refused(
          "user '" + name + "' has " + tags.size() + " tags; allowed: " + MOST_TAGS);
    }
    tags.forEach(tag -> AccessChecks.name("tag", tag));
  }

  /** Without tags and limits. */
  public User(String name, @Nullable PasswordHash password) {
    this(name, password, Set.of(), UserLimits.NONE);
  }

  /** With another password; null for none. */
  public User withPassword(@Nullable PasswordHash other) {
    return new User(name, other, tags, limits);
  }

  /** With these tags in place of those of before. */
  public User withTags(Set<String> others) {
    return new User(name, password, others, limits);
  }

  /** With other limits. */
  public User withLimits(UserLimits others) {
    return new User(name, password, tags, others);
  }

  /** The tags in the order of the alphabet, separated by commas, as they are shown. */
  public String tagList() {
    return String.join(",", new TreeSet<>(tags));
  }

  @Override
  public Object identity() {
    return new Identity(name);
  }

  private record Identity(String user) {}
}
