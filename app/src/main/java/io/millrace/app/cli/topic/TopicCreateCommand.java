package io.millrace.app.cli.topic;

import io.millrace.app.cli.ClusterOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic create}. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Makes a topic.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace topic create orders",
      "  millrace topic create orders --partitions 6 --if-not-exists",
      "  millrace topic create latest -p 3 -c cleanup.policy=compact -c retention.ms=-1"
    })
final class TopicCreateCommand implements Callable<Integer> {

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "TOPIC", description = "Its name: letters, digits, '.', '_' and '-'.")
  private String topic = "";

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      description = "How many partitions it has (default: the node's topics.partitions).")
  private @Nullable Integer partitions;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "NAME=VALUE",
      description = "A setting of the topic by Kafka's name, such as retention.ms=86400000.")
  private Map<String, String> settings = Map.of();

  @Option(names = "--if-not-exists", description = "Succeed when there is a topic of that name.")
  private boolean ifNotExists;

  @Override
  public Integer call() throws Exception {
    NewTopic wanted =
        new NewTopic(topic, Optional.ofNullable(partitions), Optional.empty()).configs(settings);
    try (Admin admin = cluster.admin()) {
      CreateTopicsResult result = admin.createTopics(List.of(wanted));
      result.all().get();
      System.out.println(
          "created " + topic + " with " + result.numPartitions(topic).get() + " partitions");
    } catch (ExecutionException e) {
      if (!(ifNotExists && e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      System.out.println("there is a topic " + topic + " already");
    }
    return 0;
  }
}
