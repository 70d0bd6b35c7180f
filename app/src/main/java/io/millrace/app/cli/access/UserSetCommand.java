package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.Passwords;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace user set}. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a user that logs in by SASL SCRAM, or gives it another password.",
      "The password is asked for, or is the first line of standard input: never an argument, which"
          + " others on the machine can see."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace user set alice",
      "  millrace user set alice --mechanism scram-sha-256 < password.txt"
    })
final class UserSetCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "USER", description = "Its name.")
  private String user = "";

  @Option(
      names = "--mechanism",
      defaultValue = "scram-sha-512",
      paramLabel = "MECHANISM",
      description = "scram-sha-256 or scram-sha-512 (default: ${DEFAULT-VALUE}).")
  private String mechanism = "";

  @Option(
      names = "--iterations",
      defaultValue = "8192",
      paramLabel = "N",
      description = "How dear it is to try passwords: 4096 to 16384 (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Override
  public Integer call() throws Exception {
    ScramMechanism scram = Mechanisms.parse(mechanism);
    try (Admin admin = cluster.admin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      user,
                      new ScramCredentialInfo(scram, iterations),
                      Passwords.read().getBytes(StandardCharsets.UTF_8))))
          .all()
          .get();
    }
    System.out.println("set " + user + " for " + scram.mechanismName());
    return 0;
  }
}
