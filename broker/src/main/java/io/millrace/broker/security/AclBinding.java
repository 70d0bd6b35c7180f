package io.millrace.broker.security;

/**
 * An access control entry and the resources that it is about.
 *
 * @param name of the resource, its beginning under {@link PatternType#PREFIXED}, or {@link
 *     #ANY_NAME}
 * @param principal whom it concerns; {@code User:*} for everybody
 * @param host address that they come from, or {@link #ANY_HOST}
 */
public record AclBinding(
    ResourceType type,
    PatternType pattern,
    String name,
    Principal principal,
    String host,
    Operation operation,
    Permission permission) {

  /** As a literal name: every resource of the type. */
  public static final String ANY_NAME = "*";

  /** Every address. */
  public static final String ANY_HOST = "*";

  /** Everybody. */
  public static final Principal EVERYBODY = Principal.user("*");

  /** The name of the one resource of type {@link ResourceType#CLUSTER}. */
  public static final String CLUSTER_NAME = "kafka-cluster";

  /** Whether it is about the resource of that name, given that the type is the same. */
  public boolean isAbout(String resource) {
    return switch (pattern) {
      case LITERAL -> name.equals(resource) || name.equals(ANY_NAME);
      case PREFIXED -> resource.startsWith(name);
    };
  }

  /** Whether it concerns that client. */
  public boolean concerns(Principal client, String clientHost) {
    return (principal.equals(client) || principal.equals(EVERYBODY))
        && (host.equals(ANY_HOST) || host.equals(clientHost));
  }

  /**
   * Whether it says something about that operation. What is denied is denied by name; what is
   * allowed brings with it the leave to look at what may be changed (Kafka's StandardAuthorizer).
   */
  public boolean covers(Operation wanted) {
    if (operation == Operation.ALL || operation == wanted) {
      return true;
    }
    if (permission == Permission.DENY) {
      return false;
    }
    return switch (wanted) {
      case DESCRIBE ->
          operation == Operation.READ
              || operation == Operation.WRITE
              || operation == Operation.DELETE
              || operation == Operation.ALTER;
      case DESCRIBE_CONFIGS -> operation == Operation.ALTER_CONFIGS;
      default -> false;
    };
  }
}
