package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace acl deny}. */
@Command(
    name = "deny",
    mixinStandardHelpOptions = true,
    description = "Forbids somebody something, whatever else allows it.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace acl deny User:mallory all topic:*"})
final class AclDenyCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Mixin private final AclRule rule = new AclRule();

  @Override
  public Integer call() throws Exception {
    List<AclBinding> entries = rule.bindings(AclPermissionType.DENY);
    try (Admin admin = cluster.admin()) {
      admin.createAcls(entries).all().get();
    }
    AclTable.of(entries).print(System.out);
    return 0;
  }
}
