package io.millrace.kafka;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.nio.file.Path;

/** A broker on a folder, and its Kafka port on any free port of the loopback interface. */
public final class NodeFixture implements AutoCloseable {

  private final ThreadTimer timer = new ThreadTimer("test-timer");
  private final LogStore store;
  private final Broker broker;
  private final KafkaServer server;

  /** With default settings. */
  public NodeFixture(Path folder) {
    this(folder, KafkaSettings.defaults());
  }

  /** With the given settings, but for the address. */
  public NodeFixture(Path folder, KafkaSettings settings) {
    this(folder, settings, BrokerSettings.defaults(), 0);
  }

  /** With the given settings, on a port that is 0 for any. */
  public NodeFixture(Path folder, KafkaSettings settings, BrokerSettings brokerSettings, int port) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, brokerSettings, Clock.system(), timer);
    server = KafkaServer.bind(broker, settings.listenOn("127.0.0.1", port));
  }

  /** What clients bootstrap from. */
  public String bootstrap() {
    return "127.0.0.1:" + server.port();
  }

  /** The port. */
  public int port() {
    return server.port();
  }

  /** The domain behind the port. */
  public Broker broker() {
    return broker;
  }

  /** The port itself. */
  public KafkaServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
    broker.close();
    store.close();
    timer.close();
  }
}
