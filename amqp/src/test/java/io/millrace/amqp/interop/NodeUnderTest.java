package io.millrace.amqp.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ConnectionFactory;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link NodeProcess} that clients may use until it is killed. */
final class NodeUnderTest implements AutoCloseable {

  private final ClientProcess process;
  private final int port;

  private NodeUnderTest(ClientProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one on the data below {@code folder}, and waits until it serves. */
  static NodeUnderTest start(Path folder) throws Exception {
    ClientProcess node =
        ClientProcess.start(
            folder, ClientProcess.java(NodeProcess.class, folder.resolve("data").toString()));
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> !node.isAlive() || node.output().contains("serving "));
      assertThat(node.isAlive()).as("running; %s", node.errors()).isTrue();
      String line =
          node.output().lines().filter(each -> each.startsWith("serving ")).toList().getLast();
      return new NodeUnderTest(node, Integer.parseInt(line.substring("serving ".length())));
    } catch (Throwable e) {
      node.close();
      throw e;
    }
  }

  /** RabbitMQ's client, without its attempts to go on. */
  ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  /** Of its process. */
  long pid() {
    return process.pid();
  }

  /** Ends it at once. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
