package io.millrace.app.cli.group;

import io.millrace.app.cli.ClusterOptions;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace group delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Forgets groups without members, and how far they came.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace group delete billing", "  millrace group delete trial-1 trial-2"})
final class GroupDeleteCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Their ids.")
  private List<String> groups = List.of();

  @Override
  public Integer call() throws Exception {
    try (Admin admin = cluster.admin()) {
      for (String group : groups) {
        admin.deleteConsumerGroups(List.of(group)).all().get();
        System.out.println("deleted " + group);
      }
    }
    return 0;
  }
}
