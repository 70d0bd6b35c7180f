package io.millrace.amqp.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.millrace.amqp.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests by RabbitMQ's own client, each on a node of its own that the client is connected to. */
abstract class ClientTest {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  NodeFixture node;
  Connection connection;

  @BeforeEach
  final void start() throws Exception {
    node = new NodeFixture(folder.resolve("data"));
    connection = node.connect();
    connected();
  }

  /** The client has connected, for the first time or again. */
  void connected() throws Exception {
    // Most need no more.
  }

  @AfterEach
  final void stop() {
    connection.abort();
    node.close();
  }

  /** Starts the node again on what it has on disk. */
  final void restart() throws Exception {
    connection.close();
    node.close();
    start();
  }

  /** Gets a message, as soon as there is one. */
  static GetResponse awaitOne(Channel channel, String queue, boolean autoAcknowledge) {
    GetResponse[] found = new GetResponse[1];
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              found[0] = channel.basicGet(queue, autoAcknowledge);
              return found[0] != null;
            });
    return found[0];
  }
}
