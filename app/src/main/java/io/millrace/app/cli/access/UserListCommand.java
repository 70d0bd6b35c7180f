package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.JsonOutput;
import io.millrace.app.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace user list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the users that log in by SASL SCRAM.",
    footerHeading = "%nExamples:%n",
    footer = {"  millrace user list", "  millrace user list --json"})
final class UserListCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "One JSON array.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Map<String, UserScramCredentialsDescription> users;
    try (Admin admin = cluster.admin()) {
      users = new TreeMap<>(admin.describeUserScramCredentials().all().get());
    }
    TextTable table = new TextTable("USER", "MECHANISM", "ITERATIONS");
    List<Object> rows = new ArrayList<>();
    for (UserScramCredentialsDescription user : users.values()) {
      for (ScramCredentialInfo credential : user.credentialInfos()) {
        table.row(user.name(), credential.mechanism().mechanismName(), credential.iterations());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("user", user.name());
        row.put("mechanism", credential.mechanism().mechanismName());
        row.put("iterations", credential.iterations());
        rows.add(row);
      }
    }
    if (json) {
      JsonOutput.print(rows);
    } else {
      table.print(System.out);
    }
    return 0;
  }
}
