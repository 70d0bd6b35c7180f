package io.millrace.amqp.auth;

import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostPermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Users of the configuration, written down at each start: those that are not there yet are made,
 * with all permissions in the virtual hosts of the configuration; the others get the password and
 * the tags that the configuration says and keep their permissions. A node without any users gets
 * RabbitMQ's {@code guest} with the password {@code guest}, who is an administrator. In a virtual
 * host of the configuration that nobody has a permission in, these users have all.
 */
public final class ConfiguredUsers {

  /** Who there is when nobody else is. */
  public static final String GUEST = "guest";

  private ConfiguredUsers() {}

  /** A user of the configuration. */
  public record ConfiguredUser(String name, String password, Set<String> tags) {

    /** Copies the tags. */
    public ConfiguredUser {
      tags = Set.copyOf(tags);
    }

    @Override
    public String toString() {
      return "ConfiguredUser[" + name + "]";
    }
  }

  /**
   * Writes them down, and waits for the disk.
   *
   * @param virtualHosts in which new users may do everything
   */
  public static void declare(
      AccessStore access,
      List<ConfiguredUser> users,
      Set<String> virtualHosts,
      RandomGenerator random) {
    AccessImage unused =
        access
            .change(before -> change(before, users, virtualHosts, random))
            .toCompletableFuture()
            .join();
  }

  private static AccessStore.Change change(
      AccessImage before,
      List<ConfiguredUser> users,
      Set<String> virtualHosts,
      RandomGenerator random) {
    List<ConfiguredUser> wanted =
        users.isEmpty() && before.users().isEmpty()
            ? List.of(new ConfiguredUser(GUEST, GUEST, Set.of(User.ADMINISTRATOR)))
            : users;
    List<AccessEntry> put = new ArrayList<>();
    for (ConfiguredUser each : wanted) {
      User present = before.user(each.name());
      if (present == null) {
        put.add(new User(each.name(), hash(each, random)).withTags(each.tags()));
        for (String host : virtualHosts) {
          put.add(VirtualHostPermission.full(each.name(), host));
        }
      } else {
        PasswordHash hash = present.password();
        boolean same = hash != null && hash.matches(each.password());
        User changed =
            (same ? present : present.withPassword(hash(each, random))).withTags(each.tags());
        if (!changed.equals(present)) {
          put.add(changed);
        }
      }
    }
    List<String> owners =
        wanted.isEmpty() && before.user(GUEST) != null
            ? List.of(GUEST)
            : wanted.stream().map(ConfiguredUser::name).toList();
    for (String host : virtualHosts) {
      if (before.permissions().stream().noneMatch(each -> each.virtualHost().equals(host))) {
        owners.forEach(owner -> put.add(VirtualHostPermission.full(owner, host)));
      }
    }
    return new AccessStore.Change(put, List.of());
  }

  private static PasswordHash hash(ConfiguredUser user, RandomGenerator random) {
    return PasswordHash.of(PasswordHashing.SHA_256, user.password(), random);
  }
}
