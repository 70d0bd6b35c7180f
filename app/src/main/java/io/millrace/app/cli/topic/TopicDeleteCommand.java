package io.millrace.app.cli.topic;

import io.millrace.app.cli.ClusterOptions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes topics and all that they hold.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace topic delete orders",
      "  millrace topic delete orders returns --if-exists"
    })
final class TopicDeleteCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Their names.")
  private List<String> topics = List.of();

  @Option(names = "--if-exists", description = "Succeed when there is no such topic.")
  private boolean ifExists;

  @Override
  public Integer call() throws Exception {
    try (Admin admin = cluster.admin()) {
      for (String topic : topics) {
        try {
          admin.deleteTopics(List.of(topic)).all().get();
          System.out.println("deleted " + topic);
        } catch (ExecutionException e) {
          if (!(ifExists && e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw e;
          }
          System.out.println("there is no topic " + topic);
        }
      }
    }
    return 0;
  }
}
