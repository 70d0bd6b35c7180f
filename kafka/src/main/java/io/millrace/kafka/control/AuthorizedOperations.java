package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The bit fields that tell a client what it may do (KIP-430). Where nothing is checked they are all
 * operations that each kind of resource knows.
 */
final class AuthorizedOperations {

  /** For an answer to a client that did not ask. */
  static final int NOT_ASKED = Integer.MIN_VALUE;

  private static final List<AclOperation> OF_TOPICS =
      List.of(
          AclOperation.READ,
          AclOperation.WRITE,
          AclOperation.CREATE,
          AclOperation.DELETE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS);

  private static final List<AclOperation> OF_THE_CLUSTER =
      List.of(
          AclOperation.CREATE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE,
          AclOperation.CLUSTER_ACTION,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS,
          AclOperation.IDEMPOTENT_WRITE);

  private static final List<AclOperation> OF_GROUPS =
      List.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE);

  static final int TOPIC = bits(OF_TOPICS);
  static final int CLUSTER = bits(OF_THE_CLUSTER);
  static final int GROUP = bits(OF_GROUPS);

  private AuthorizedOperations() {}

  /** What the client may do to a topic. */
  static int topic(Access access, String name) {
    return bits(OF_TOPICS, access, ResourceType.TOPIC, name);
  }

  /** What the client may do to a group. */
  static int group(Access access, String name) {
    return bits(OF_GROUPS, access, ResourceType.GROUP, name);
  }

  /** What the client may do to the cluster; nothing unless it may look at it. */
  static int cluster(Access access) {
    return access.mayCluster(Operation.DESCRIBE)
        ? bits(OF_THE_CLUSTER, access, ResourceType.CLUSTER, AclBinding.CLUSTER_NAME)
        : 0;
  }

  private static int bits(
      List<AclOperation> operations, Access access, ResourceType type, String name) {
    List<AclOperation> allowed = new ArrayList<>();
    for (AclOperation operation : operations) {
      if (access.may(Objects.requireNonNull(Operation.of(operation.code())), type, name)) {
        allowed.add(operation);
      }
    }
    return bits(allowed);
  }

  private static int bits(List<AclOperation> operations) {
    int bits = 0;
    for (AclOperation operation : operations) {
      bits |= 1 << operation.code();
    }
    return bits;
  }
}
