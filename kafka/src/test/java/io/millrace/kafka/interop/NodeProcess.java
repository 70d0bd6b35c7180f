package io.millrace.kafka.interop;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.kafka.KafkaServer;
import io.millrace.kafka.KafkaSettings;
import io.millrace.log.LogStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A node as a process of its own, until it is killed. Arguments: data folder, port, and if it is
 * not the default the time between looks for logs to compact, in milliseconds.
 */
public final class NodeProcess {

  private NodeProcess() {}

  /** Runs it. */
  public static void main(String[] arguments) throws InterruptedException {
    LogStore store = LogStore.open(Path.of(arguments[0]), Clock.system());
    BrokerSettings settings = BrokerSettings.defaults();
    if (arguments.length > 2) {
      settings = settings.withCompactionInterval(Duration.ofMillis(Long.parseLong(arguments[2])));
    }
    Broker broker = Broker.open(store, settings, Clock.system(), new ThreadTimer("node-process"));
    try (KafkaServer server =
        KafkaServer.bind(
            broker,
            KafkaSettings.defaults().listenOn("127.0.0.1", Integer.parseInt(arguments[1])))) {
      System.out.println("serving " + server.port());
      System.out.flush();
      new CountDownLatch(1).await();
    }
  }
}
