package io.millrace.broker.queue;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.Durability;
import io.millrace.log.LogStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node on a folder, whose queues keep five messages in memory. */
final class QueueNode implements AutoCloseable {

  private final ThreadTimer timer = new ThreadTimer("test-timer");
  private final LogStore store;
  private final Broker broker;
  private final Messaging messaging;

  QueueNode(Path folder) {
    this(folder, Clock.system());
  }

  QueueNode(Path folder, Clock clock) {
    store = LogStore.open(folder, clock);
    BrokerSettings small =
        BrokerSettings.defaults().withGroups(GroupSettings.defaults().withOffsetsPartitions(1));
    broker = Broker.open(store, small, clock, timer);
    messaging =
        broker.messaging(
            new MessagingSettings(
                Set.of("/"), Durability.OS, 1 << 20, 5, 1 << 20, 1 << 20, 100, 1000),
            TestProperties.FORMAT);
  }

  Messaging messaging() {
    return messaging;
  }

  VirtualHost host() {
    VirtualHost host = messaging.find("/");
    if (host == null) {
      throw new IllegalStateException("there is no virtual host /");
    }
    return host;
  }

  MessageQueue declare(String name, boolean durable, Map<String, Object> arguments) {
    return host()
        .declareQueue(new QueueDeclaration("/", name, durable, null, false, arguments))
        .toCompletableFuture()
        .join();
  }

  /** Publishes to a queue, sharing the body when {@code to} are several. */
  void publish(Message message, MessageQueue... to) {
    Message stored = host().share(message, List.of(to));
    for (MessageQueue each : to) {
      each.publish(List.of(new Publication(stored, null)));
    }
  }

  static @Nullable Delivery get(MessageQueue queue) {
    CompletableFuture<@Nullable Delivery> got = new CompletableFuture<>();
    queue.get(false, (delivery, left) -> got.complete(delivery));
    return got.join();
  }

  static long status(MessageQueue queue) {
    CompletableFuture<Long> count = new CompletableFuture<>();
    queue.status(count::complete);
    return count.join();
  }

  /** How many counts and chunks of deliveries the journal of cursors has that are not deleted. */
  long countsInJournal() {
    Topic topic = Objects.requireNonNull(broker.topics().find(Messaging.CURSORS));
    Set<ByteBuffer> there = new HashSet<>();
    for (Partition each : topic.partitions()) {
      JournalReader.read(
          ((LogPartition) each).journal().log(),
          (key, value) -> {
            ByteBuffer copy = ByteBuffer.allocate(key.remaining()).put(key).flip();
            if (copy.remaining() == 25 && value != null) {
              there.add(copy);
            } else {
              there.remove(copy);
            }
          });
    }
    return there.size();
  }

  @Override
  public void close() {
    broker.close();
    store.close();
    timer.close();
  }
}
