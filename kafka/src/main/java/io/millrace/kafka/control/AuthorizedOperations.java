package io.millrace.kafka.control;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The bit fields that tell a client what it may do (KIP-430). Nothing is forbidden to anybody yet,
 * so they are the operations that each kind of resource knows.
 */
final class AuthorizedOperations {

  /** For an answer to a client that did not ask. */
  static final int NOT_ASKED = Integer.MIN_VALUE;

  static final int TOPIC =
      bits(
          List.of(
              AclOperation.READ,
              AclOperation.WRITE,
              AclOperation.CREATE,
              AclOperation.DELETE,
              AclOperation.ALTER,
              AclOperation.DESCRIBE,
              AclOperation.DESCRIBE_CONFIGS,
              AclOperation.ALTER_CONFIGS));

  static final int CLUSTER =
      bits(
          List.of(
              AclOperation.CREATE,
              AclOperation.ALTER,
              AclOperation.DESCRIBE,
              AclOperation.CLUSTER_ACTION,
              AclOperation.DESCRIBE_CONFIGS,
              AclOperation.ALTER_CONFIGS,
              AclOperation.IDEMPOTENT_WRITE));

  static final int GROUP =
      bits(List.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE));

  private AuthorizedOperations() {}

  private static int bits(List<AclOperation> operations) {
    int bits = 0;
    for (AclOperation operation : operations) {
      bits |= 1 << operation.code();
    }
    return bits;
  }
}
