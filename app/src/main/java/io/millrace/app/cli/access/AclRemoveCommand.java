package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace acl remove}. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "Takes back what was allowed or denied in the same words.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace acl remove User:alice read topic:orders"})
final class AclRemoveCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Mixin private final AclRule rule = new AclRule();

  @Override
  public Integer call() throws Exception {
    Collection<AclBinding> removed;
    try (Admin admin = cluster.admin()) {
      removed =
          admin
              .deleteAcls(
                  Stream.of(AclPermissionType.ALLOW, AclPermissionType.DENY)
                      .flatMap(permission -> rule.bindings(permission).stream())
                      .map(AclBinding::toFilter)
                      .toList())
              .all()
              .get();
    }
    if (removed.isEmpty()) {
      throw CommandException.failed("there is no such entry; millrace acl list shows all");
    }
    AclTable.of(removed).print(System.out);
    return 0;
  }
}
