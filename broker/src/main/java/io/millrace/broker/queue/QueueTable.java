package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.QueueDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.policy.EffectivePolicy;
import io.millrace.broker.policy.HostPolicies;
import io.millrace.broker.topic.LogPartition;
import io.millrace.core.Clock;
import io.millrace.core.Interner;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues of a virtual host by name. Changed in the host's mailbox, read on any thread. */
final class QueueTable {

  private static final Logger LOG = LoggerFactory.getLogger(QueueTable.class);

  private static final int MOST_OPTIONS = 1_000;

  private final String virtualHost;
  private final DeclarationRules rules;
  private final QueueHost host;
  private final MessagingSettings settings;
  private final QueueTopics storage;
  private final TransientTails tails;
  private final Supplier<HostPolicies> policies;
  private final Clock clock;
  private final Timer timer;
  private final Map<String, MessageQueue> byName = new ConcurrentHashMap<>();

  /** Many queues are declared alike, and share what that means. */
  private final Interner<QueueOptions> options = new Interner<>(MOST_OPTIONS);

  // The host's mailbox.
  private final StreamSettings streams;
  private final Map<String, CompletableFuture<MessageQueue>> inMaking = new HashMap<>();
  private final Map<MessageQueue, QueueDefinition> definitions = new HashMap<>();
  private final Map<Object, Set<MessageQueue>> byOwner = new HashMap<>();

  QueueTable(
      String virtualHost,
      Messaging messaging,
      MessagingSettings settings,
      QueueTopics storage,
      TransientTails tails,
      Supplier<HostPolicies> policies,
      Clock clock,
      Timer timer) {
    this.policies = policies;
    this.virtualHost = virtualHost;
    rules = new DeclarationRules(virtualHost, messaging, settings);
    host = new HostOfQueues(virtualHost, messaging, clock);
    streams = new StreamSettings(storage);
    this.settings = settings;
    this.storage = storage;
    this.tails = tails;
    this.clock = clock;
    this.timer = timer;
  }

  @Nullable MessageQueue find(String name) {
    return byName.get(name);
  }

  Collection<MessageQueue> all() {
    return byName.values();
  }

  MessageQueue findOrRefuse(String name, @Nullable Object caller) {
    MessageQueue queue = byName.get(name);
    if (queue == null) {
      throw new TopologyException(
          Reason.NOT_FOUND, "no queue '" + name + "' in vhost '" + virtualHost + "'");
    }
    Object owner = queue.declaration().owner();
    if (owner != null && !queue.declaration().isOwnedBy(caller)) {
      throw DeclarationRules.locked(queue.declaration());
    }
    return queue;
  }

  /** The queues that are a connection's own. */
  List<MessageQueue> ownedBy(Object owner) {
    return List.copyOf(byOwner.getOrDefault(owner, Set.of()));
  }

  /** The queues that stand on a topic. */
  List<MessageQueue> onTopic(String topic) {
    List<MessageQueue> found = new ArrayList<>();
    definitions.forEach(
        (queue, definition) -> {
          if (definition.topic().equals(topic)) {
            found.add(queue);
          }
        });
    return found;
  }

  /** Takes up a queue that was written down. */
  void restore(QueueDefinition definition) {
    QueueDeclaration declaration =
        new QueueDeclaration(
            virtualHost,
            definition.name(),
            true,
            null,
            definition.autoDelete(),
            definition.arguments());
    QueueOptions options = optionsOf(declaration);
    LogPartition partition = storage.find(definition);
    if (partition == null) {
      LOG.warn("The topic of {} has gone, and so has the queue", declaration.where());
      return;
    }
    put(queue(declaration, options, definition, partition), definition);
    streams.found(definition, options, policyOf(declaration));
  }

  /** What policies say of a queue. */
  EffectivePolicy policyOf(QueueDeclaration queue) {
    Object type = queue.arguments().get("x-queue-type");
    return policies.get().ofQueue(queue.name(), type instanceof String text ? text : "classic");
  }

  private QueueOptions optionsOf(QueueDeclaration queue) {
    return options.intern(QueueOptions.of(queue.with(policyOf(queue).over(queue.arguments()))));
  }

  /** The policies have changed. */
  void applyPolicies() {
    for (MessageQueue queue : byName.values()) {
      try {
        QueueOptions options = optionsOf(queue.declaration());
        queue.change(options);
        QueueDefinition definition = definitions.get(queue);
        if (definition != null) {
          streams.change(definition, options);
        }
      } catch (TopologyException e) {
        LOG.warn("A policy cannot be applied: {}", e.getMessage());
      }
    }
  }

  private MessageQueue queue(
      QueueDeclaration declaration,
      QueueOptions options,
      QueueDefinition definition,
      LogPartition partition) {
    return options.type() == QueueType.STREAM
        ? new StreamQueue(declaration, options, partition, storage.codec(), host, clock, timer)
        : new WorkQueue(
            declaration,
            options,
            settings,
            storage.open(definition.id(), partition, options.retain()),
            tails,
            host,
            clock,
            timer);
  }

  private void put(MessageQueue queue, @Nullable QueueDefinition definition) {
    if (definition != null) {
      definitions.put(queue, definition);
    }
    Object owner = queue.declaration().owner();
    if (owner != null) {
      byOwner.computeIfAbsent(owner, each -> new HashSet<>()).add(queue);
    }
    byName.put(queue.name(), queue);
  }

  /** Makes a queue, or finds it made alike; in the host's mailbox, in which it goes on later. */
  CompletionStage<MessageQueue> declare(QueueDeclaration given, Mailbox mailbox) {
    QueueDeclaration named =
        given.name().isEmpty() ? given.named(DeclarationRules.chosenName()) : given;
    MessageQueue present = byName.get(named.name());
    QueueDeclaration asked =
        present == null ? rules.typed(named) : DeclarationRules.typedAs(present, named);
    if (present != null) {
      DeclarationRules.checkAlike(present.declaration(), asked);
      return CompletableFuture.completedStage(present);
    }
    CompletableFuture<MessageQueue> making = inMaking.get(asked.name());
    if (making != null) {
      return making.thenApply(
          made -> {
            DeclarationRules.checkAlike(made.declaration(), asked);
            return made;
          });
    }
    // What is refused is refused for what was asked, whatever policies say.
    QueueOptions unused = QueueOptions.of(asked);
    QueueOptions options = optionsOf(asked);
    rules.checkLimits(asked, byName.size() + inMaking.size());
    // A queue that goes with its connection has nothing to outlive the node for.
    if (!asked.durable() || asked.owner() != null) {
      MessageQueue made = new WorkQueue(asked, options, settings, null, tails, host, clock, timer);
      put(made, null);
      return CompletableFuture.completedStage(made);
    }
    StreamTopics.Place place = options.type() == QueueType.STREAM ? storage.placeOf(asked) : null;
    CompletableFuture<MessageQueue> result = new CompletableFuture<>();
    inMaking.put(asked.name(), result);
    (place == null ? storage.create(asked, options) : storage.borrow(asked, place))
        .whenCompleteAsync(
            (made, failure) -> {
              inMaking.remove(asked.name());
              if (failure == null) {
                MessageQueue queue = queue(asked, options, made.definition(), made.partition());
                put(queue, made.definition());
                streams.made(made.definition(), options);
                result.complete(queue);
              } else {
                result.completeExceptionally(failure);
              }
            },
            mailbox);
    return result;
  }

  /** Completes once no queue is in making any more; in the host's mailbox. */
  CompletionStage<Void> made() {
    return CompletableFuture.allOf(inMaking.values().toArray(CompletableFuture[]::new))
        .handle((done, failure) -> null);
  }

  /** Takes a queue away that has ended, with its bindings. */
  CompletionStage<Void> remove(MessageQueue queue, List<TopologyEntry> bindings) {
    byName.remove(queue.name(), queue);
    Object owner = queue.declaration().owner();
    if (owner != null) {
      byOwner.computeIfPresent(
          owner,
          (each, owned) -> {
            owned.remove(queue);
            return owned.isEmpty() ? null : owned;
          });
    }
    QueueDefinition definition = definitions.remove(queue);
    if (definition == null) {
      return CompletableFuture.completedStage(null);
    }
    streams.gone(definition);
    return storage.delete(definition, bindings);
  }
}
