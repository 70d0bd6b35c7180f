package io.millrace.broker.security;

/**
 * What one client may do. Immutable; answers change with the entries.
 *
 * @param host address that the client comes from, as access control entries write it
 */
public record Access(Authorizer authorizer, Principal principal, String host) {

  /** True when nothing is checked for anybody. */
  public boolean isUnlimited() {
    return !authorizer.isEnabled();
  }

  /** Whether it may do everything, whatever the entries say. */
  public boolean isSuperUser() {
    return authorizer.isSuperUser(principal);
  }

  /** Whether it may do something to a resource. */
  public boolean may(Operation operation, ResourceType type, String name) {
    return authorizer.allows(principal, host, operation, type, name);
  }

  /** Whether it may do something to a topic. */
  public boolean mayTopic(Operation operation, String topic) {
    return may(operation, ResourceType.TOPIC, topic);
  }

  /** Whether it may do something to a group. */
  public boolean mayGroup(Operation operation, String group) {
    return may(operation, ResourceType.GROUP, group);
  }

  /** Whether it may do something to the cluster. */
  public boolean mayCluster(Operation operation) {
    return may(operation, ResourceType.CLUSTER, AclBinding.CLUSTER_NAME);
  }

  /** Whether it may do something to a transactional id. */
  public boolean mayTransactionalId(Operation operation, String id) {
    return may(operation, ResourceType.TRANSACTIONAL_ID, id);
  }
}
