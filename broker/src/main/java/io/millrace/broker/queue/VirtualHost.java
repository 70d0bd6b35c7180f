package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.policy.EffectivePolicy;
import io.millrace.broker.policy.HostPolicies;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual host: exchanges, queues and what binds them. Look-ups and routes are for any thread;
 * changes go through the host's mailbox, and their stages complete, on any thread, once what is
 * durable is on disk, or fail with a {@link TopologyException}.
 */
public final class VirtualHost {

  private static final Logger LOG = LoggerFactory.getLogger(VirtualHost.class);

  private final String name;
  private final Messaging messaging;
  private final QueueTable queues;
  private final QueueTopics storage;
  private final SharedBodies bodies;
  private final HostMailbox mailbox;
  private final QueueEnds ends;
  private final HostExchanges exchanges;
  private final Supplier<HostPolicies> policies;
  private final ExchangeTraffic defaultTraffic = new ExchangeTraffic();
  private final QueueChurn churn = new QueueChurn();
  private final AtomicReference<MessageCounts> ended = new AtomicReference<>(MessageCounts.NONE);

  VirtualHost(
      String name,
      Messaging messaging,
      MessagingSettings settings,
      QueueTable queues,
      QueueTopics storage,
      SharedBodies bodies,
      DelayedMessages delayed,
      Supplier<HostPolicies> policies,
      Clock clock,
      Timer timer) {
    this.name = name;
    this.messaging = messaging;
    this.storage = storage;
    this.bodies = bodies;
    this.queues = queues;
    this.policies = policies;
    mailbox = new HostMailbox(name);
    exchanges =
        new HostExchanges(
            name, messaging, settings, queues, storage, delayed, policies, clock, timer);
    ends = new QueueEnds(queues, exchanges, churn, mailbox);
  }

  /** Takes up what was written down; before anybody else knows of the host. */
  void restore(TopologyEntry entry) {
    switch (entry) {
      case ExchangeDefinition exchange -> exchanges.restore(exchange);
      case TopologyEntry.QueueDefinition queue -> queues.restore(queue);
      case Binding binding -> exchanges.restore(binding);
      case TopologyEntry.Parameter unused -> {
        // The policies are looked up when they are needed.
      }
    }
  }

  /** Its name. */
  public String name() {
    return name;
  }

  // ---- look-ups ----

  /** The exchange of that name, or null. */
  public @Nullable Exchange exchange(String exchange) {
    return exchanges.find(exchange);
  }

  /** What was published to the default exchange. */
  public ExchangeTraffic defaultTraffic() {
    return defaultTraffic;
  }

  /** All exchanges but the default one. */
  public Collection<Exchange> exchanges() {
    return exchanges.all();
  }

  /** The queue of that name, or null. */
  public @Nullable MessageQueue queue(String queue) {
    return queues.find(queue);
  }

  /** All queues. */
  public Collection<MessageQueue> queues() {
    return queues.all();
  }

  /**
   * Finds where a message goes that is published to {@code exchange}, with one of its keys.
   *
   * @param exchange null for the default exchange, which leads to the queue that the key names
   */
  public void route(@Nullable Exchange exchange, Message message, RouteSet to) {
    if (exchange == null) {
      MessageQueue queue = queues.find(message.routingKey());
      if (queue != null) {
        to.add(queue);
      }
    } else {
      exchanges.route(exchange, message, to);
    }
  }

  /**
   * Writes the body of a message that goes to several durable queues, so that each of them has to
   * write only where it lies.
   *
   * @return the message to give to the queues, whose {@link Message#shared} is null when they write
   *     the body themselves
   */
  public Message share(Message message, List<Destination.Queue> to) {
    return bodies.share(message, to);
  }

  /** Settles a receipt, of one queue more, once a shared body is durable. */
  public void whenDurable(SharedBody body, Receipt receipt) {
    bodies.whenDurable(body, receipt);
  }

  // ---- exchanges and bindings ----

  /** Makes an exchange, or finds it made alike. */
  public CompletionStage<Void> declareExchange(ExchangeDefinition asked) {
    return mailbox.unlessLeaving(() -> exchanges.declare(asked));
  }

  /** Deletes an exchange, if it is there. */
  public CompletionStage<Void> deleteExchange(String exchange, boolean ifUnused) {
    return mailbox.change(() -> exchanges.delete(exchange, ifUnused));
  }

  /** Binds, unless it is bound so already. */
  public CompletionStage<Void> bind(Binding binding, @Nullable Object caller) {
    return mailbox.unlessLeaving(() -> exchanges.bind(binding, caller));
  }

  /** Unbinds, if it is bound. */
  public CompletionStage<Void> unbind(Binding binding, @Nullable Object caller) {
    return mailbox.change(() -> exchanges.unbind(binding, caller));
  }

  /**
   * The exchange of that name.
   *
   * @throws TopologyException with {@code NOT_FOUND}
   */
  public Exchange exchangeOrRefuse(String exchange) {
    return exchanges.findOrRefuse(exchange);
  }

  /**
   * The queue of that name.
   *
   * @param caller the connection that asks
   * @throws TopologyException with {@code NOT_FOUND}, or {@code RESOURCE_LOCKED} when it is another
   *     connection's own
   */
  public MessageQueue queueOrRefuse(String queue, @Nullable Object caller) {
    return queues.findOrRefuse(queue, caller);
  }

  // ---- queues ----

  /** A name for a queue that is to have any, of no other queue. */
  public static String newQueueName() {
    return DeclarationRules.chosenName();
  }

  /** Makes a queue, or finds it made alike. */
  public CompletionStage<MessageQueue> declareQueue(QueueDeclaration asked) {
    return declareQueue(asked, false);
  }

  /**
   * As {@link #declareQueue(QueueDeclaration)}.
   *
   * @param chosen whether the name is one of {@link #newQueueName}
   */
  public CompletionStage<MessageQueue> declareQueue(QueueDeclaration asked, boolean chosen) {
    return mailbox.unlessLeaving(
        () -> {
          if (!chosen && queues.find(asked.name()) == null) {
            DeclarationRules.checkUnreserved(asked.name());
          }
          churn.declare();
          if (asked.name().isEmpty() || queues.find(asked.name()) == null) {
            churn.create();
          }
          return queues.declare(asked, mailbox.mailbox());
        });
  }

  /** Deletes a queue, if it is there; completes with how many messages were dropped. */
  public CompletionStage<Long> deleteQueue(
      String queue, boolean ifUnused, boolean ifEmpty, @Nullable Object caller) {
    return mailbox.change(() -> ends.delete(queue, ifUnused, ifEmpty, caller));
  }

  /** A queue that has outlived its use. */
  void outlived(MessageQueue queue) {
    ends.outlived(queue);
  }

  /** Deletes the queues that are a connection's own, when it ends. */
  public void ended(Object owner) {
    mailbox.execute(
        () -> {
          for (MessageQueue queue : queues.ownedBy(owner)) {
            ends.outlived(queue);
          }
        });
  }

  /** Somebody has deleted a topic: the queue that stood on it goes too. */
  void topicDeleted(String topic) {
    mailbox.execute(
        () -> {
          for (MessageQueue queue : queues.onTopic(topic)) {
            ends.outlived(queue);
          }
          exchanges
              .topicDeleted(topic)
              .whenComplete(
                  (unused, failure) -> {
                    if (failure != null) {
                      LOG.warn("Bindings of topic {} could not be deleted: {}", topic, failure);
                    }
                  });
        });
  }

  /** Whether it is being deleted: nothing can be declared in it any more. */
  public boolean isLeaving() {
    return mailbox.isLeaving();
  }

  /** Deletes all that is in it, for good. */
  CompletionStage<Void> deleteAll() {
    return mailbox
        .<Void>change(
            () -> {
              mailbox.leave();
              return queues.made();
            })
        .thenCompose(made -> mailbox.change(ends::deleteAll))
        .thenCompose(deleted -> mailbox.change(exchanges::forgetAll));
  }

  void close() {
    mailbox.execute(exchanges::close);
    queues.all().forEach(MessageQueue::close);
  }

  // ---- history and bridges ----

  /**
   * A replay of what the topic of a queue still has, which is yet to be run.
   *
   * @param queue of which
   * @param from the first message
   * @param before after the last one; what is there now at most
   * @param target where the messages go
   * @throws TopologyException with {@code NOT_FOUND} when there is no such queue or exchange, or
   *     {@code PRECONDITION_FAILED} when the queue is not durable
   */
  public Replay replay(String queue, StreamOffset from, StreamOffset before, Replay.Target target) {
    return Replay.of(
        messaging,
        this,
        queues.findOrRefuse(queue, null),
        storage.codec(),
        from,
        before,
        target.toExchange() ? null : queues.findOrRefuse(target.name(), null),
        target.toExchange() && !target.name().isEmpty() ? exchangeOrRefuse(target.name()) : null);
  }

  /**
   * Binds an exchange to a topic, or a topic to an exchange, unless it is so already. An exchange
   * that is not there is made, durable.
   *
   * @return fails with {@link TopologyException} when there is no such topic
   */
  public CompletionStage<Void> bridge(Bridge bridge) {
    Binding binding = bridge.binding(name, exchanges.exchangeOfTopic(bridge.topic()));
    return mailbox
        .change(
            () ->
                exchanges.find(bridge.exchange()) != null
                    ? CompletableFuture.<Void>completedStage(null)
                    : exchanges.declare(bridge.definition(name)))
        .thenCompose(made -> bind(binding, null));
  }

  // ---- policies ----

  /** The policies that hold here. */
  public HostPolicies policies() {
    return policies.get();
  }

  /** What policies say of a queue. */
  public EffectivePolicy policyOf(MessageQueue queue) {
    return queues.policyOf(queue.declaration());
  }

  /** The policies have changed: they hold from the next message on. */
  void applyPolicies() {
    mailbox.execute(
        () -> {
          exchanges.applyPolicies();
          queues.applyPolicies();
        });
  }

  // ---- what is counted ----

  /** Queues that came and went. */
  public QueueChurn churn() {
    return churn;
  }

  /** A channel has ended, or one of those that are as good as one: adds what it counted. */
  public void channelEnded(MessageCounts counts) {
    MessageCounts unused = ended.updateAndGet(before -> before.plus(counts));
  }

  /** What the channels counted that have ended. */
  public MessageCounts endedCounts() {
    return Objects.requireNonNull(ended.get());
  }

  /** Sends a message on whose delay is over. */
  void sendDelayed(Message message, Runnable taken) {
    exchanges.send(message, taken);
  }

  /** Runs what belongs to the host. */
  void execute(Runnable task) {
    mailbox.execute(task);
  }

  /** All bindings, in no order; for those who show them. */
  public Collection<Binding> allBindings() {
    return Collections.unmodifiableList(exchanges.bindings());
  }
}
