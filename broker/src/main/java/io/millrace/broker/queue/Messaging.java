package io.millrace.broker.queue;

import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.policy.HostPolicies;
import io.millrace.broker.policy.RuntimeParameters;
import io.millrace.broker.resource.ResourceAlarms;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicRegistry;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.LogStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The virtual hosts of a node, with their exchanges and queues. Any thread. */
public final class Messaging implements AutoCloseable {

  /** The topic that acknowledgements are written down in. */
  public static final String CURSORS = CursorJournal.TOPIC;

  /** The topic, of one partition, in which messages lie that wait for their time. */
  public static final String DELAYED = DelayedMessages.TOPIC;

  private final MessagingSettings settings;
  private final Map<String, VirtualHost> hosts = new ConcurrentSkipListMap<>();
  private final AccessStore access;
  private final RuntimeParameters parameters;
  private final QueueTopics storage;
  private final SharedBodies bodies;
  private final TransientTails tails;
  private final DelayedMessages delayed;
  private final Clock clock;
  private final Timer timer;
  private final ResourceAlarms alarms;

  /** The last change of the virtual hosts; the next one waits for it. */
  private CompletionStage<?> lastChange = CompletableFuture.completedStage(null);

  /**
   * Takes up what was written down, and makes the virtual hosts of the settings that there are not.
   *
   * @param store of the logs in which queues share bodies
   * @param cursors see {@link #CURSORS}
   * @param delayed see {@link #DELAYED}
   * @param format how properties are stored
   */
  public Messaging(
      LogStore store,
      Controller controller,
      AccessStore access,
      ResourceAlarms alarms,
      Collection<TopologyEntry> topology,
      TopicRegistry topics,
      Topic cursors,
      Topic delayed,
      MessagingSettings settings,
      MessageProperties.Format format,
      Clock clock,
      Timer timer) {
    this.settings = settings;
    this.access = access;
    this.alarms = alarms;
    alarms.limitMemory(settings.maxHeapBytes());
    this.clock = clock;
    this.timer = timer;
    parameters = new RuntimeParameters(controller, topology, this::policiesChanged);
    CursorJournal journal = new CursorJournal(cursors, clock);
    bodies = new SharedBodies(store, settings, clock, timer);
    MessageRecordCodec codec = new MessageRecordCodec(format, bodies);
    tails = new TransientTails(store, codec, settings, clock);
    storage = new QueueTopics(controller, topics, journal, codec, settings, clock);
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
    for (VirtualHostDefinition each : declareHosts(topology)) {
      hosts.put(each.name(), newHost(each.name()));
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

  /** All virtual hosts, with those of the settings and those that something was declared in. */
  private Collection<VirtualHostDefinition> declareHosts(Collection<TopologyEntry> topology) {
    Set<String> wanted = new TreeSet<>(settings.virtualHosts());
    if (access.image().virtualHosts().isEmpty()) {
      // From before virtual hosts were written down.
      topology.forEach(each -> wanted.add(each.virtualHost()));
    }
    return access
        .change(
            before -> {
              List<AccessEntry> made = new ArrayList<>();
              for (String name : wanted) {
                if (before.virtualHost(name) == null) {
                  made.add(VirtualHostDefinition.named(name));
                }
              }
              return new AccessStore.Change(made, List.of());
            })
        .toCompletableFuture()
        .join()
        .virtualHosts();
  }

  private VirtualHost newHost(String name) {
    Supplier<HostPolicies> policies = () -> parameters.policies(name);
    QueueTable queues =
        new QueueTable(name, this, settings, storage, tails, policies, clock, timer);
    return new VirtualHost(
        name, this, settings, queues, storage, bodies, delayed, policies, clock, timer);
  }

  // ---- virtual hosts ----

  /**
   * Makes a virtual host, or changes what is written down of it.
   *
   * @return completes once it is on disk and can be opened
   */
  public CompletionStage<VirtualHost> putVirtualHost(VirtualHostDefinition host) {
    return afterLastChange(
        () ->
            access
                .putVirtualHost(host)
                .thenApply(written -> hosts.computeIfAbsent(host.name(), this::newHost)));
  }

  /**
   * Deletes a virtual host with all its exchanges, queues and permissions. Whoever has it open
   * finds it gone at once, and is told by {@link AccessStore#whenChanged} when all is done.
   *
   * @return completes once it is gone from the disk; fails with {@link
   *     io.millrace.broker.BrokerError#UNKNOWN_VIRTUAL_HOST} when it is not there
   */
  public CompletionStage<Void> deleteVirtualHost(String name) {
    return afterLastChange(
        () -> {
          VirtualHost host = hosts.get(name);
          CompletionStage<Void> emptied =
              host == null ? CompletableFuture.completedStage(null) : host.deleteAll();
          return emptied
              .thenCompose(done -> parameters.removeAll(name))
              .thenCompose(done -> access.deleteVirtualHost(name))
              .thenAccept(
                  written -> {
                    VirtualHost unused = hosts.remove(name);
                  });
        });
  }

  private synchronized <T> CompletionStage<T> afterLastChange(Supplier<CompletionStage<T>> change) {
    CompletionStage<T> next =
        lastChange.handle((done, failure) -> 0).thenCompose(unused -> change.get());
    lastChange = next;
    return next;
  }

  /** The bodies that queues share. */
  SharedBodies bodies() {
    return bodies;
  }

  /** What it was told. */
  public MessagingSettings settings() {
    return settings;
  }

  /** The virtual host of that name, or null. */
  public @Nullable VirtualHost find(String name) {
    VirtualHost host = hosts.get(name);
    return host == null || host.isLeaving() ? null : host;
  }

  /** The virtual host of that name, also while it is deleted, or null. */
  @Nullable VirtualHost host(String name) {
    return hosts.get(name);
  }

  /** The users, virtual hosts and permissions. */
  public AccessStore access() {
    return access;
  }

  /** Policies and what else operators write down. */
  public RuntimeParameters parameters() {
    return parameters;
  }

  private void policiesChanged(String virtualHost) {
    VirtualHost host = hosts.get(virtualHost);
    if (host != null) {
      host.applyPolicies();
    }
  }

  /** All virtual hosts. */
  public Collection<VirtualHost> hosts() {
    return hosts.values();
  }

  /** A queue's messages take so many bytes more in memory, or less. */
  void heapChanged(long bytes) {
    alarms.messageBytesChanged(bytes);
  }

  /** Whether memory or disk run out: publishers are to be kept waiting until they do not. */
  public ResourceAlarms alarms() {
    return alarms;
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
