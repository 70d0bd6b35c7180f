package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace acl list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists who may do what.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace acl list", "  millrace acl list --principal User:alice --json"})
final class AclListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--principal",
      paramLabel = "PRINCIPAL",
      description = "Only what is said of this one, such as User:alice.")
  private @Nullable String principal;

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Collection<AclBinding> entries;
    try (Admin admin = cluster.admin()) {
      entries =
          admin
              .describeAcls(
                  new AclBindingFilter(
                      ResourcePatternFilter.ANY,
                      new AccessControlEntryFilter(
                          principal, null, AclOperation.ANY, AclPermissionType.ANY)))
              .values()
              .get();
    }
    if (json) {
      JsonOutput.print(AclTable.json(entries));
    } else {
      AclTable.of(entries).print(System.out);
    }
    return 0;
  }
}
