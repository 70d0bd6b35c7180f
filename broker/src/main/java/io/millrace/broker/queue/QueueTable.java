package io.millrace.broker.queue;

import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.RouteSet;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues of a virtual host by name. Changed in the host's mailbox, read on any thread. It is
 * also what the queues ask for what lies outside of them.
 */
final class QueueTable implements QueueHost {

  private static final Logger LOG = LoggerFactory.getLogger(QueueTable.class);

  private static final int MOST_OPTIONS = 1_000;
  private static final String QUEUE_TYPE = "x-queue-type";

  private final String virtualHost;
  private final Messaging messaging;
  private final MessagingSettings settings;
  private final QueueTopics storage;
  private final TransientTails tails;
  private final Supplier<HostPolicies> policies;
  private final Clock clock;
  private final Timer timer;
  private final Map<String, MessageQueue> byName = new ConcurrentHashMap<>();

  /** Many queues are declared alike, and share what that means. */
  private final Interner<QueueOptions> options = new Interner<>(MOST_OPTIONS);

  private final Mailbox deadLetters;

  // The host's mailbox.
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
    this.deadLetters = new Mailbox("dead letters of " + virtualHost);
    this.messaging = messaging;
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
      throw locked(queue.declaration());
    }
    return queue;
  }

  private static TopologyException locked(QueueDeclaration queue) {
    return new TopologyException(
        Reason.RESOURCE_LOCKED,
        "cannot obtain exclusive access to locked "
            + queue.where()
            + ". It could be originally declared on another connection or the exclusive property"
            + " value does not match that of the original declaration.");
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
        queue.change(optionsOf(queue.declaration()));
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
        ? new StreamQueue(declaration, options, partition, storage.codec(), this, clock, timer)
        : new WorkQueue(
            declaration,
            options,
            settings,
            storage.open(definition.id(), partition, options.retain()),
            tails,
            this,
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
    QueueDeclaration named = given.name().isEmpty() ? given.named(chosenName()) : given;
    MessageQueue present = byName.get(named.name());
    QueueDeclaration asked = present == null ? typed(named) : typedAs(present, named);
    if (present != null) {
      checkAlike(present.declaration(), asked);
      return CompletableFuture.completedStage(present);
    }
    CompletableFuture<MessageQueue> making = inMaking.get(asked.name());
    if (making != null) {
      return making.thenApply(
          made -> {
            checkAlike(made.declaration(), asked);
            return made;
          });
    }
    // What is refused is refused for what was asked, whatever policies say.
    QueueOptions unused = QueueOptions.of(asked);
    QueueOptions options = optionsOf(asked);
    checkLimit(asked);
    if (byName.size() + inMaking.size() >= settings.maxQueues()) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "vhost '"
              + virtualHost
              + "' has "
              + byName.size()
              + " queues already; allowed: "
              + settings.maxQueues());
    }
    // A queue that goes with its connection has nothing to outlive the node for.
    if (!asked.durable() || asked.owner() != null) {
      MessageQueue made = new WorkQueue(asked, options, settings, null, tails, this, clock, timer);
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
                result.complete(queue);
              } else {
                result.completeExceptionally(failure);
              }
            },
            mailbox);
    return result;
  }

  /** What does not say of which type it is to be is of the virtual host's, where it can be. */
  private QueueDeclaration typed(QueueDeclaration asked) {
    VirtualHostDefinition host = messaging.access().image().virtualHost(virtualHost);
    String type = host == null ? null : host.defaultQueueType();
    boolean canBe = asked.durable() && asked.owner() == null && !asked.autoDelete();
    return type == null || !canBe || asked.arguments().containsKey(QUEUE_TYPE)
        ? asked
        : withType(asked, type);
  }

  /** What is declared again without a type means the queue that there is. */
  private static QueueDeclaration typedAs(MessageQueue present, QueueDeclaration asked) {
    Object type = present.declaration().arguments().get(QUEUE_TYPE);
    return type == null || asked.arguments().containsKey(QUEUE_TYPE)
        ? asked
        : withType(asked, type);
  }

  private static QueueDeclaration withType(QueueDeclaration asked, Object type) {
    Map<String, Object> arguments = new LinkedHashMap<>(asked.arguments());
    arguments.put(QUEUE_TYPE, type);
    return asked.with(arguments);
  }

  /** The limit that the virtual host was given, in the words of RabbitMQ. */
  private void checkLimit(QueueDeclaration asked) {
    VirtualHostDefinition host = messaging.access().image().virtualHost(virtualHost);
    int most = host == null ? -1 : host.limits().maxQueues();
    if (most >= 0 && byName.size() + inMaking.size() >= most) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "cannot declare queue '"
              + asked.name()
              + "': queue limit in vhost '"
              + virtualHost
              + "' ("
              + most
              + ") is reached");
    }
  }

  /** Completes once no queue is in making any more; in the host's mailbox. */
  CompletionStage<Void> made() {
    return CompletableFuture.allOf(inMaking.values().toArray(CompletableFuture[]::new))
        .handle((done, failure) -> null);
  }

  static String chosenName() {
    UUID id = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return "amq.gen-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void checkAlike(QueueDeclaration present, QueueDeclaration asked) {
    if (present.owner() != null && !present.isOwnedBy(asked.owner())) {
      throw locked(present);
    }
    String where = present.where();
    Alike.check("durable", where, asked.durable(), present.durable());
    Alike.check("exclusive", where, asked.owner() != null, present.owner() != null);
    Alike.check("auto_delete", where, asked.autoDelete(), present.autoDelete());
    Set<String> names = new TreeSet<>(asked.arguments().keySet());
    names.addAll(present.arguments().keySet());
    for (String argument : names) {
      if (argument.startsWith("x-")) {
        Alike.checkArgument(argument, where, asked.arguments(), present.arguments());
      }
    }
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
    return storage.delete(definition, bindings);
  }

  // ---- what queues ask for ----

  @Override
  public boolean isMemoryTight() {
    return messaging.alarms().messageBytes() > messaging.alarms().memoryLimit() / 2;
  }

  @Override
  public void heapChanged(long bytes) {
    messaging.heapChanged(bytes);
  }

  @Override
  public void outlived(MessageQueue queue) {
    VirtualHost host = messaging.host(virtualHost);
    if (host != null) {
      host.outlived(queue);
    }
  }

  @Override
  public void deadLetter(
      MessageQueue from, Message message, DeathReason reason, Consumer<Boolean> taken) {
    // One after the other, so that a chain of queues is no chain of calls.
    deadLetters.execute(() -> sendDeadLetter(from, message, reason, taken));
  }

  private void sendDeadLetter(
      MessageQueue from, Message message, DeathReason reason, Consumer<Boolean> taken) {
    String exchangeName = from.options().deadLetterExchange();
    VirtualHost host = messaging.host(virtualHost);
    if (exchangeName == null || host == null) {
      taken.accept(true);
      return;
    }
    String otherKey = from.options().deadLetterRoutingKey();
    String key = otherKey == null ? message.routingKey() : otherKey;
    Message dead = DeadLetter.of(message, from.name(), reason, exchangeName, key, clock.millis());
    Exchange exchange = exchangeName.isEmpty() ? null : host.exchange(exchangeName);
    RouteSet routes = new RouteSet();
    if (exchange != null || exchangeName.isEmpty()) {
      host.route(exchange, dead, routes);
    }
    int found = routes.queues().size();
    routes.queues().removeIf(each -> DeadLetter.isCircle(dead, each.name()));
    if (found > 0 && routes.queues().isEmpty()) {
      // It has been everywhere, and ends here.
      taken.accept(true);
    } else {
      Onward.publish(dead, routes, taken);
    }
  }
}
