package io.millrace.app.cli.access;

import io.millrace.app.cli.CommandException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who, what, and on which resource, as a person writes it. */
final class AclRule {

  @Parameters(
      index = "0",
      paramLabel = "PRINCIPAL",
      description = "User:NAME, or User:* for everybody.")
  private String principal = "";

  @Parameters(
      index = "1",
      split = ",",
      paramLabel = "OPERATION",
      description =
          "One or several with commas: read, write, create, delete, alter, describe,"
              + " cluster_action, describe_configs, alter_configs, idempotent_write, all.")
  private List<String> operations = List.of();

  @Parameters(
      index = "2",
      paramLabel = "TYPE:NAME",
      description =
          "topic:NAME, group:NAME, transactional_id:NAME, user:NAME, or cluster. The name * means"
              + " all.")
  private String resource = "";

  @Option(names = "--prefix", description = "The name is how names begin.")
  private boolean prefix;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "*",
      description = "Only for clients at this address (default: all).")
  private String host = "*";

  /**
   * One entry for each operation.
   *
   * @throws CommandException when a word is none that is allowed
   */
  List<AclBinding> bindings(AclPermissionType permission) {
    ResourcePattern pattern = pattern();
    return operations.stream()
        .map(
            operation ->
                new AclBinding(
                    pattern,
                    new AccessControlEntry(principal(), host, operation(operation), permission)))
        .toList();
  }

  private String principal() {
    int colon = principal.indexOf(':');
    if (colon <= 0 || colon == principal.length() - 1) {
      throw CommandException.usage(
          "the principal is \"" + principal + "\"; allowed: User:NAME, such as User:alice");
    }
    return principal;
  }

  private static AclOperation operation(String text) {
    AclOperation operation = AclOperation.fromString(text);
    if (operation.isUnknown() || operation == AclOperation.ANY) {
      throw CommandException.usage(
          "there is no operation \"" + text + "\"; allowed: " + allowed(AclOperation.values()));
    }
    return operation;
  }

  private ResourcePattern pattern() {
    int colon = resource.indexOf(':');
    String kind = colon < 0 ? resource : resource.substring(0, colon);
    ResourceType type = ResourceType.fromString(kind);
    if (type.isUnknown() || type == ResourceType.ANY) {
      throw CommandException.usage(
          "there is no kind of resource \""
              + kind
              + "\"; allowed: "
              + allowed(ResourceType.values()));
    }
    boolean cluster = type == ResourceType.CLUSTER;
    String name = colon < 0 ? "" : resource.substring(colon + 1);
    if (!cluster && name.isEmpty()) {
      throw CommandException.usage(
          "the resource is \"" + resource + "\"; allowed: TYPE:NAME, such as topic:orders");
    }
    return new ResourcePattern(
        type,
        cluster && name.isEmpty() ? "kafka-cluster" : name,
        prefix ? PatternType.PREFIXED : PatternType.LITERAL);
  }

  private static String allowed(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .filter(name -> !name.equals("unknown") && !name.equals("any"))
        .collect(Collectors.joining(", "));
  }
}
