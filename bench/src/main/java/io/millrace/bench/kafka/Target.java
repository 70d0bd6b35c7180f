package io.millrace.bench.kafka;

import io.millrace.bench.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A topic of a running server that the load goes to. */
record Target(Server server, String topic, int partitions) {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final long RETRY_MILLIS = 20;

  /** Waits until the server answers, makes the topic, and waits until it can be written to. */
  static Target create(Server server, int partitions) throws InterruptedException {
    FirstAnswer.await(server, START_LIMIT);
    String topic = "bench";
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrap()))) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
      while (!allLed(admin, topic)) {
        Thread.sleep(RETRY_MILLIS);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the topic could not be made: " + e.getCause(), e);
    }
    return new Target(server, topic, partitions);
  }

  private static boolean allLed(Admin admin, String topic) throws InterruptedException {
    try {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
          .flatMap(description -> description.partitions().stream())
          .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
    } catch (ExecutionException notYet) {
      return false;
    }
  }
}
