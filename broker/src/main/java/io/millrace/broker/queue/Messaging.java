package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicRegistry;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.LogStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The virtual hosts of a node, with their exchanges and queues. Any thread. */
public final class Messaging implements AutoCloseable {

  /** The topic that acknowledgements are written down in. */
  public static final String CURSORS = CursorJournal.TOPIC;

  /** The topic, of one partition, in which messages lie that wait for their time. */
  public static final String DELAYED = DelayedMessages.TOPIC;

  private final MessagingSettings settings;
  private final Map<String, VirtualHost> hosts = new TreeMap<>();
  private final SharedBodies bodies;
  private final DelayedMessages delayed;
  private final AtomicLong heapBytes = new AtomicLong();

  /**
   * Takes up what was written down.
   *
   * @param store of the logs in which queues share bodies
   * @param cursors see {@link #CURSORS}
   * @param delayed see {@link #DELAYED}
   * @param format how properties are stored
   */
  public Messaging(
      LogStore store,
      Controller controller,
      Collection<TopologyEntry> topology,
      TopicRegistry topics,
      Topic cursors,
      Topic delayed,
      MessagingSettings settings,
      MessageProperties.Format format,
      Clock clock,
      Timer timer) {
    this.settings = settings;
    CursorJournal journal = new CursorJournal(cursors, clock);
    bodies = new SharedBodies(store, settings, clock, timer);
    QueueTopics storage =
        new QueueTopics(
            controller, topics, journal, new MessageRecordCodec(format, bodies), settings, clock);
    this.delayed =
        new DelayedMessages(
            delayed,
            storage,
            (host, message, taken) -> {
              VirtualHost of = find(host);
              if (of == null) {
                taken.run();
              } else {
                of.sendDelayed(message, taken);
              }
            },
            clock,
            timer);
    for (String name : settings.virtualHosts()) {
      QueueTable queues = new QueueTable(name, this, settings, storage, clock, timer);
      hosts.put(
          name,
          new VirtualHost(
              name, this, settings, queues, storage, bodies, this.delayed, clock, timer));
    }
    // Queues before the bindings that lead to them.
    List<TopologyEntry> ordered =
        topology.stream()
            .sorted(
                (one, other) ->
                    Boolean.compare(
                        one instanceof TopologyEntry.Binding,
                        other instanceof TopologyEntry.Binding))
            .toList();
    for (TopologyEntry entry : ordered) {
      VirtualHost host = hosts.get(entry.virtualHost());
      if (host != null) {
        host.restore(entry);
      }
    }
    journal.dropOthers();
    bodies.start();
    this.delayed.start();
  }

  /** What it was told. */
  public MessagingSettings settings() {
    return settings;
  }

  /** The virtual host of that name, or null. */
  public @Nullable VirtualHost find(String name) {
    return hosts.get(name);
  }

  /** A virtual host that there is. */
  VirtualHost host(String name) {
    VirtualHost host = hosts.get(name);
    if (host == null) {
      throw new IllegalArgumentException("there is no virtual host " + name);
    }
    return host;
  }

  /** All virtual hosts. */
  public Collection<VirtualHost> hosts() {
    return hosts.values();
  }

  /** A queue's messages take so many bytes more in memory, or less. */
  void heapChanged(long bytes) {
    long unused = heapBytes.addAndGet(bytes);
  }

  /**
   * Whether messages that wait in memory take more than they may. Publishers are to be kept waiting
   * until they do not.
   */
  public boolean isMemoryFull() {
    return heapBytes.get() > settings.maxHeapBytes();
  }

  /** What messages that wait in memory take, roughly. */
  public long heapBytes() {
    return heapBytes.get();
  }

  /** Somebody has deleted a topic. */
  public void topicDeleted(String topic) {
    hosts.values().forEach(host -> host.topicDeleted(topic));
  }

  /** Writes down where the queues are. */
  @Override
  public void close() {
    hosts.values().forEach(VirtualHost::close);
    delayed.close();
    bodies.close();
  }
}
