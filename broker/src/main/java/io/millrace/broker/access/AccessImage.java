package io.millrace.broker.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All users, virtual hosts and permissions at one time, and what follows from them. Immutable; a
 * change makes another one, so whoever remembers an answer remembers the image that gave it.
 */
public final class AccessImage {

  private final Map<String, User> users = new TreeMap<>();
  private final Map<String, VirtualHostDefinition> virtualHosts = new TreeMap<>();
  private final Map<Object, VirtualHostPermission> permissions = new HashMap<>();

  /** By user and virtual host, then by exchange. */
  private final Map<Object, TreeMap<String, TopicPermission>> topicPermissions = new HashMap<>();

  /** Of these entries. */
  public AccessImage(Collection<? extends AccessEntry> entries) {
    for (AccessEntry entry : entries) {
      switch (entry) {
        case User user -> users.put(user.name(), user);
        case VirtualHostDefinition host -> virtualHosts.put(host.name(), host);
        case VirtualHostPermission permission -> permissions.put(permission.identity(), permission);
        case TopicPermission permission ->
            topicPermissions
                .computeIfAbsent(
                    VirtualHostPermission.identity(permission.user(), permission.virtualHost()),
                    each -> new TreeMap<>())
                .put(permission.exchange(), permission);
      }
    }
  }

  /** The users in the order of their names. */
  public Collection<User> users() {
    return users.values();
  }

  /** The user of that name, or null. */
  public @Nullable User user(String name) {
    return users.get(name);
  }

  /** The virtual hosts in the order of their names. */
  public Collection<VirtualHostDefinition> virtualHosts() {
    return virtualHosts.values();
  }

  /** The virtual host of that name, or null. */
  public @Nullable VirtualHostDefinition virtualHost(String name) {
    return virtualHosts.get(name);
  }

  /** All permissions, in no order. */
  public Collection<VirtualHostPermission> permissions() {
    return permissions.values();
  }

  /** What a user may do in a virtual host, or null when the user may not open it. */
  public @Nullable VirtualHostPermission permission(String user, String virtualHost) {
    return permissions.get(VirtualHostPermission.identity(user, virtualHost));
  }

  /** All topic permissions, in no order. */
  public Collection<TopicPermission> topicPermissions() {
    List<TopicPermission> all = new ArrayList<>();
    topicPermissions.values().forEach(each -> all.addAll(each.values()));
    return all;
  }

  /** The topic permissions of a user in a virtual host. */
  public Collection<TopicPermission> topicPermissions(String user, String virtualHost) {
    return topicPermissionsByExchange(user, virtualHost).values();
  }

  /** The topic permissions of a user in a virtual host by the names of the exchanges. */
  public Map<String, TopicPermission> topicPermissionsByExchange(String user, String virtualHost) {
    return Collections.unmodifiableMap(
        topicPermissions.getOrDefault(
            VirtualHostPermission.identity(user, virtualHost), new TreeMap<>()));
  }

  /** Whether a user may open a virtual host. */
  public boolean mayOpen(String user, String virtualHost) {
    return virtualHosts.containsKey(virtualHost) && permission(user, virtualHost) != null;
  }

  /** Whether a user has a right to the exchange or queue of that name. */
  public boolean allows(String user, String virtualHost, Right right, String name) {
    VirtualHostPermission permission = permission(user, virtualHost);
    return permission != null && permission.of(right).matches(name);
  }

  /** Whether a user may use a routing key with a topic exchange. */
  public boolean allowsTopic(
      String user, String virtualHost, String exchange, Right right, String routingKey) {
    TopicPermission permission = topicPermissionsByExchange(user, virtualHost).get(exchange);
    return permission == null || permission.of(right).matches(routingKey);
  }
}
