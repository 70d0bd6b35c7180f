package io.millrace.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.millrace.broker.AccessStore;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;

/** A broker on a folder, and its AMQP port on any free port of the loopback interface. */
public final class NodeFixture implements AutoCloseable {

  private final ThreadTimer timer = new ThreadTimer("test-timer");
  private final LogStore store;
  private final Broker broker;
  private final AmqpServer server;

  /** With default settings. */
  public NodeFixture(Path folder) {
    this(folder, AmqpSettings.defaults());
  }

  /** With the given settings, but for the address. */
  public NodeFixture(Path folder, AmqpSettings settings) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
    server = AmqpServer.bind(broker, settings.listenOn("127.0.0.1", 0));
  }

  /** The port. */
  public int port() {
    return server.port();
  }

  /** The encrypted port. */
  public int tlsPort() {
    return server.tlsPort();
  }

  /** Users, virtual hosts and permissions. */
  public AccessStore access() {
    return broker.access();
  }

  /** The domain behind the port. */
  public Broker broker() {
    return broker;
  }

  /** The port itself. */
  public AmqpServer server() {
    return server;
  }

  /** RabbitMQ's client, with its defaults but for the port, and without its attempts to go on. */
  public ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port());
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  /** A connection of a user in a virtual host. */
  public Connection connect(String user, String password, String virtualHost)
      throws IOException, TimeoutException {
    ConnectionFactory factory = factory();
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setVirtualHost(virtualHost);
    return factory.newConnection();
  }

  /** A connection of RabbitMQ's client. */
  public Connection connect() throws IOException, TimeoutException {
    return factory().newConnection();
  }

  @Override
  public void close() {
    server.close();
    broker.close();
    store.close();
    timer.close();
  }
}
