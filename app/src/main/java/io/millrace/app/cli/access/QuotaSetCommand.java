package io.millrace.app.cli.access;

import io.millrace.app.cli.ClusterOptions;
import io.millrace.app.cli.CommandException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace quota set}. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = "Limits a user, a client id, both together, or an address.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace quota set --user alice producer_byte_rate=1048576",
      "  millrace quota set --user-default --client-id loader request_percentage=50",
      "  millrace quota set --ip 10.0.0.7 connection_creation_rate=20",
      "  millrace quota set --user alice --unset producer_byte_rate"
    })
final class QuotaSetCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME=LIMIT",
      description =
          "producer_byte_rate, consumer_byte_rate (bytes a second), request_percentage (of a"
              + " core), controller_mutation_rate, connection_creation_rate (a second).")
  private Map<String, Double> limits = Map.of();

  @Option(names = "--unset", paramLabel = "NAME", description = "A limit to take away.")
  private List<String> unset = List.of();

  @Option(names = "--user", paramLabel = "NAME", description = "A user.")
  private @Nullable String user;

  @Option(names = "--user-default", description = "Users that have no limit of their own.")
  private boolean userDefault;

  @Option(names = "--client-id", paramLabel = "ID", description = "A client id.")
  private @Nullable String clientId;

  @Option(
      names = "--client-id-default",
      description = "Client ids that have no limit of their own.")
  private boolean clientIdDefault;

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "An address of clients.")
  private @Nullable String address;

  @Option(names = "--ip-default", description = "Addresses that have no limit of their own.")
  private boolean addressDefault;

  @Override
  public Integer call() throws Exception {
    if (limits.isEmpty() && unset.isEmpty()) {
      throw CommandException.usage("nothing to change: give NAME=LIMIT or --unset NAME");
    }
    List<ClientQuotaAlteration.Op> changes = new ArrayList<>();
    limits.forEach((name, limit) -> changes.add(new ClientQuotaAlteration.Op(name, limit)));
    unset.forEach(name -> changes.add(new ClientQuotaAlteration.Op(name, null)));
    ClientQuotaEntity entity = entity();
    try (Admin admin = cluster.admin()) {
      admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, changes))).all().get();
    }
    System.out.println("altered the quotas of " + entity.entries());
    return 0;
  }

  private ClientQuotaEntity entity() {
    Map<String, @Nullable String> entries = new HashMap<>();
    add(entries, ClientQuotaEntity.USER, user, userDefault);
    add(entries, ClientQuotaEntity.CLIENT_ID, clientId, clientIdDefault);
    add(entries, ClientQuotaEntity.IP, address, addressDefault);
    if (entries.isEmpty()) {
      throw CommandException.usage(
          "whose quota? give --user, --client-id or --ip, or one of the defaults");
    }
    return new ClientQuotaEntity(entries);
  }

  private static void add(
      Map<String, @Nullable String> entries, String type, @Nullable String name, boolean all) {
    if (name != null && all) {
      throw CommandException.usage("--" + type + " does not go with --" + type + "-default");
    }
    if (name != null || all) {
      entries.put(type, name);
    }
  }
}
