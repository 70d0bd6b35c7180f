package io.millrace.broker;

import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.TopicPermission;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.AccessGone;
import io.millrace.broker.metadata.MetadataRecord.AccessRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The users of the queues, the virtual hosts and who may do what in them. Any thread. A change
 * completes once it is on disk and in effect, on the controller's thread; it is refused with {@link
 * BrokerError#UNKNOWN_USER}, {@link BrokerError#UNKNOWN_VIRTUAL_HOST} or {@link
 * BrokerError#OVERLOADED}.
 *
 * <p>Virtual hosts are made and deleted through {@link io.millrace.broker.queue.Messaging}, which
 * sees to what is in them.
 */
public final class AccessStore {

  /** Each change lays out all of them anew. */
  private static final int MOST_ENTRIES = 100_000;

  private final Controller controller;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile AccessImage image;

  AccessStore(Controller controller) {
    this.controller = controller;
    this.image = new AccessImage(controller.state().access());
  }

  /** All entries, as far as they are on disk. */
  public AccessImage image() {
    return image;
  }

  /** Has a task run after each change, on the controller's thread; it must not block. */
  public void whenChanged(Runnable listener) {
    listeners.add(listener);
  }

  // ---- users ----

  /** Makes a user, or changes one. */
  public CompletionStage<AccessImage> putUser(User user) {
    return change(before -> Change.put(user));
  }

  /** Deletes a user with all permissions; one that is not there is refused. */
  public CompletionStage<AccessImage> deleteUser(String name) {
    return change(
        before -> {
          List<AccessEntry> gone = new ArrayList<>();
          gone.add(user(before, name));
          addIf(gone, before.permissions(), each -> each.user().equals(name));
          addIf(gone, before.topicPermissions(), each -> each.user().equals(name));
          return Change.remove(gone);
        });
  }

  // ---- permissions ----

  /** Sets what a user may do in a virtual host; both have to be there. */
  public CompletionStage<AccessImage> setPermission(VirtualHostPermission permission) {
    return change(
        before -> {
          requireBoth(before, permission.user(), permission.virtualHost());
          return Change.put(permission);
        });
  }

  /** Takes away what a user may do in a virtual host; both have to be there. */
  public CompletionStage<AccessImage> clearPermission(String user, String virtualHost) {
    return change(
        before -> {
          requireBoth(before, user, virtualHost);
          VirtualHostPermission present = before.permission(user, virtualHost);
          return Change.remove(present == null ? List.of() : List.of(present));
        });
  }

  /** Sets which routing keys a user may use with an exchange; user and host have to be there. */
  public CompletionStage<AccessImage> setTopicPermission(TopicPermission permission) {
    return change(
        before -> {
          requireBoth(before, permission.user(), permission.virtualHost());
          return Change.put(permission);
        });
  }

  /**
   * Takes a user's topic permissions in a virtual host away.
   *
   * @param exchange null for those of all exchanges
   */
  public CompletionStage<AccessImage> clearTopicPermissions(
      String user, String virtualHost, @Nullable String exchange) {
    return change(
        before -> {
          requireBoth(before, user, virtualHost);
          List<AccessEntry> gone = new ArrayList<>();
          addIf(
              gone,
              before.topicPermissions(user, virtualHost),
              each -> exchange == null || each.exchange().equals(exchange));
          return Change.remove(gone);
        });
  }

  // ---- virtual hosts ----

  /** Writes a virtual host down. */
  public CompletionStage<AccessImage> putVirtualHost(VirtualHostDefinition host) {
    return change(before -> Change.put(host));
  }

  /** Takes a virtual host and all permissions in it away; one that is not there is refused. */
  public CompletionStage<AccessImage> deleteVirtualHost(String name) {
    return change(
        before -> {
          List<AccessEntry> gone = new ArrayList<>();
          gone.add(virtualHost(before, name));
          addIf(gone, before.permissions(), each -> each.virtualHost().equals(name));
          addIf(gone, before.topicPermissions(), each -> each.virtualHost().equals(name));
          return Change.remove(gone);
        });
  }

  // ---- changes ----

  /** What a change puts in place, and takes away. */
  public record Change(List<? extends AccessEntry> put, List<? extends AccessEntry> gone) {

    static Change put(AccessEntry entry) {
      return new Change(List.of(entry), List.of());
    }

    static Change remove(List<? extends AccessEntry> gone) {
      return new Change(List.of(), gone);
    }
  }

  /**
   * Makes a change of several entries, all or none.
   *
   * @param decide is given what there is, and may throw a {@link BrokerException}; runs on the
   *     controller's thread
   */
  public CompletionStage<AccessImage> change(Function<AccessImage, Change> decide) {
    return controller.change(
        state -> {
          Change change = decide.apply(new AccessImage(state.access()));
          int entries = state.access().size() + change.put().size();
          if (!change.put().isEmpty() && entries > MOST_ENTRIES) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are "
                    + state.access().size()
                    + " users, virtual hosts and permissions already; allowed: "
                    + MOST_ENTRIES);
          }
          List<MetadataRecord> records = new ArrayList<>();
          change.gone().forEach(each -> records.add(new AccessGone(each)));
          change.put().forEach(each -> records.add(new AccessRecord(each)));
          return records;
        },
        () -> {
          AccessImage changed = new AccessImage(controller.state().access());
          image = changed;
          listeners.forEach(Runnable::run);
          return changed;
        });
  }

  private interface Choice<T> {
    boolean takes(T entry);
  }

  private static <T extends AccessEntry> void addIf(
      List<AccessEntry> to, Collection<T> from, Choice<T> choice) {
    for (T each : from) {
      if (choice.takes(each)) {
        to.add(each);
      }
    }
  }

  private static void requireBoth(AccessImage image, String user, String virtualHost) {
    User unusedUser = user(image, user);
    VirtualHostDefinition unusedHost = virtualHost(image, virtualHost);
  }

  private static User user(AccessImage image, String name) {
    User found = image.user(name);
    if (found == null) {
      throw new BrokerException(BrokerError.UNKNOWN_USER, "there is no user '" + name + "'");
    }
    return found;
  }

  private static VirtualHostDefinition virtualHost(AccessImage image, String name) {
    VirtualHostDefinition found = image.virtualHost(name);
    if (found == null) {
      throw new BrokerException(
          BrokerError.UNKNOWN_VIRTUAL_HOST, "there is no virtual host '" + name + "'");
    }
    return found;
  }
}
