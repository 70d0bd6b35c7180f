package io.millrace.app.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A whole node on free ports, for clients of both protocols. */
final class AmqpNode implements AutoCloseable {

  private final Node node;

  /**
   * @param more lines of its configuration file, below {@code amqp}
   */
  AmqpNode(Path folder, String more) {
    String file =
        """
        data: data
        kafka:
          port: 0
        edge:
          port: 0
        console:
          port: 0
        amqp:
          port: 0
        """
            + more;
    node =
        Node.start(
            NodeSettings.of(ConfigurationFile.parse(file, "millrace.yaml", folder)),
            "test",
            listener -> {});
  }

  String url(String listener) {
    return node.listeners().stream()
        .filter(each -> each.name().equals(listener))
        .findAny()
        .orElseThrow()
        .url();
  }

  Node node() {
    return node;
  }

  /** A connection of RabbitMQ's client. */
  Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(url("amqp"));
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  /** A producer of Apache Kafka. */
  KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> settings = new java.util.HashMap<>(more);
    settings.put("bootstrap.servers", node.bootstrap());
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  /** A consumer of Apache Kafka that reads from the beginning. */
  KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", node.bootstrap(), "auto.offset.reset", "earliest"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  @Override
  public void close() {
    node.close();
  }
}
