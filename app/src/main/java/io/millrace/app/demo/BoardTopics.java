package io.millrace.app.demo;

import io.millrace.app.demo.Results.Table;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of the board, made by an ordinary administration client. */
final class BoardTopics {

  private static final short ONE_REPLICA = 1;

  private BoardTopics() {}

  /**
   * Makes all of them. Their records carry the time at which the broker appended them, which is
   * what latency is measured by.
   *
   * @throws DemoException when there is one of them already: results of two runs cannot be told
   *     apart
   */
  static void create(String bootstrap) throws InterruptedException {
    Map<String, String> settings =
        Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    List<NewTopic> topics =
        Stream.concat(
                Stream.of(FlightsReplay.TOPIC, Results.LATE_TOPIC),
                Stream.of(Table.values()).map(Table::topic))
            .map(
                name -> new NewTopic(name, FlightsReplay.PARTITIONS, ONE_REPLICA).configs(settings))
            .toList();
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false))) {
      admin.createTopics(topics).all().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        throw new DemoException(
            "the data folder has a board already; use an empty one with --data, or none");
      }
      throw DemoException.because("the topics could not be made", e);
    }
  }
}
