package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace user delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Takes a user's password of one mechanism away.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace user delete alice",
      "  millrace user delete alice --mechanism scram-sha-256"
    })
final class UserDeleteCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Option(
      names = "--mechanism",
      defaultValue = "scram-sha-512",
      paramLabel = "MECHANISM",
      description = "scram-sha-256 or scram-sha-512 (default: ${DEFAULT-VALUE}).")
  private String mechanism = "";

  @Override
  public Integer call() throws Exception {
    ScramMechanism scram = Mechanisms.parse(mechanism);
    try (Admin admin = cluster.admin()) {
      admin
          .alterUserScramCredentials(List.of(new UserScramCredentialDeletion(user, scram)))
          .all()
          .get();
    }
    System.out.println("deleted " + user + " for " + scram.mechanismName());
    return 0;
  }
}
