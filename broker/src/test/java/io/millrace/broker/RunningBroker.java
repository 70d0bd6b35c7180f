package io.millrace.broker;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.core.Timer;
import io.millrace.log.LogStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** A broker over a folder, with the store and the timer that it stands on. */
public final class RunningBroker implements AutoCloseable {

  private final LogStore store;
  private final ThreadTimer ownTimer = new ThreadTimer("test-timer");
  private final Broker broker;

  /** Opens it with the machine's time. */
  public RunningBroker(Path folder, BrokerSettings settings) {
    store = LogStore.open(folder, Clock.system());
    broker = Broker.open(store, settings, Clock.system(), ownTimer);
  }

  /** Opens it with other time. */
  public RunningBroker(Path folder, BrokerSettings settings, Clock clock, Timer timer) {
    store = LogStore.open(folder, clock);
    broker = Broker.open(store, settings, clock, timer);
  }

  /** Opens it with the defaults. */
  public static RunningBroker in(Path folder) {
    return new RunningBroker(folder, BrokerSettings.defaults());
  }

  /** The broker. */
  public Broker get() {
    return broker;
  }

  /** Makes a topic. */
  public Topic create(String name, int partitions, Map<String, String> settings) {
    return broker
        .topics()
        .create(new NewTopic(name, partitions, settings))
        .toCompletableFuture()
        .join();
  }

  /** A topic that is there. */
  public Topic topic(String name) {
    return Objects.requireNonNull(broker.topics().find(name), name);
  }

  /** A partition that is there. */
  public Partition partition(String topic, int partition) {
    Partition found = broker.topics().find(topic, partition);
    if (found == null) {
      throw new AssertionError("there is no partition " + topic + "-" + partition);
    }
    return found;
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    ownTimer.close();
  }
}
