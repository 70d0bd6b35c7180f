package io.millrace.amqp.interop;

import io.millrace.amqp.AmqpServer;
import io.millrace.amqp.AmqpSettings;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A node as a process of its own, until it is killed. Argument: data folder. */
final class NodeProcess {

  private NodeProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    LogStore store = LogStore.open(Path.of(arguments[0]), Clock.system());
    Broker broker =
        Broker.open(
            store, BrokerSettings.defaults(), Clock.system(), new ThreadTimer("node-process"));
    try (AmqpServer server =
        AmqpServer.bind(broker, AmqpSettings.defaults().listenOn("127.0.0.1", 0))) {
      System.out.println("serving " + server.port());
      System.out.flush();
      new CountDownLatch(1).await();
    }
  }
}
