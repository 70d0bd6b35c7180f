package io.millrace.broker.queue;

import io.millrace.broker.exchange.BindingTable;
import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTable;
import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.core.Mailbox;
import io.millrace.log.LogException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
  private static final String RESERVED_PREFIX = "amq.";

  private final String name;
  private final MessagingSettings settings;
  private final QueueTable queues;
  private final QueueTopics storage;
  private final SharedBodies bodies;
  private final Mailbox mailbox;
  private final ExchangeTable exchanges = new ExchangeTable();
  private final ExchangeTraffic defaultTraffic = new ExchangeTraffic();
  private final BindingTable bindings = new BindingTable(exchanges);
  private final QueueChurn churn = new QueueChurn();
  private final AtomicReference<MessageCounts> ended = new AtomicReference<>(MessageCounts.NONE);

  VirtualHost(
      String name,
      MessagingSettings settings,
      QueueTable queues,
      QueueTopics storage,
      SharedBodies bodies) {
    this.name = name;
    this.bodies = bodies;
    this.settings = settings;
    this.queues = queues;
    this.storage = storage;
    mailbox = new Mailbox("virtual host " + name);
    predeclare("amq.direct", ExchangeType.DIRECT);
    predeclare("amq.fanout", ExchangeType.FANOUT);
    predeclare("amq.topic", ExchangeType.TOPIC);
    predeclare("amq.headers", ExchangeType.HEADERS);
    predeclare("amq.match", ExchangeType.HEADERS);
  }

  private void predeclare(String exchange, ExchangeType type) {
    exchanges.put(
        new Exchange(new ExchangeDefinition(name, exchange, type, true, false, false, Map.of())));
  }

  /** Takes up what was written down; before anybody else knows of the host. */
  void restore(TopologyEntry entry) {
    switch (entry) {
      case ExchangeDefinition exchange -> exchanges.put(new Exchange(exchange));
      case TopologyEntry.QueueDefinition queue -> queues.restore(queue);
      case Binding binding -> {
        Exchange source = exchanges.find(binding.source());
        Destination destination = destination(binding);
        if (source != null && destination != null) {
          bindings.add(source, binding, destination);
        }
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
    if (to.size() < 2) {
      return message;
    }
    int durable = 0;
    for (Destination.Queue each : to) {
      if (each instanceof MessageQueue queue && queue.isDurable()) {
        durable++;
      }
    }
    if (!SharedBodies.isFor(message, durable)) {
      return message;
    }
    try {
      return message.sharing(bodies.append(message.body()));
    } catch (LogException e) {
      LOG.warn("A body cannot be shared: {}", e.getMessage());
      return message;
    }
  }

  /** Settles a receipt, of one queue more, once a shared body is durable. */
  public void whenDurable(SharedBody body, Receipt receipt) {
    bodies.whenDurable(body, receipt);
  }

  // ---- exchanges ----

  /** Makes an exchange, or finds it made alike. */
  public CompletionStage<Void> declareExchange(ExchangeDefinition asked) {
    return inMailbox(
        () -> {
          Exchange present = exchanges.find(asked.name());
          if (present != null) {
            checkAlike(present.definition(), asked);
            return done();
          }
          if (asked.name().startsWith(RESERVED_PREFIX)) {
            throw reserved("exchange", asked.name());
          }
          exchanges.put(new Exchange(asked));
          return asked.durable() ? storage.put(asked) : done();
        });
  }

  private void checkAlike(ExchangeDefinition present, ExchangeDefinition asked) {
    String where = "exchange '" + present.name() + "' in vhost '" + name + "'";
    Alike.check("type", where, asked.type().label(), present.type().label());
    Alike.check("durable", where, asked.durable(), present.durable());
    Alike.check("auto_delete", where, asked.autoDelete(), present.autoDelete());
    Alike.check("internal", where, asked.internal(), present.internal());
    Alike.checkArgument("alternate-exchange", where, asked.arguments(), present.arguments());
  }

  /** Deletes an exchange, if it is there. */
  public CompletionStage<Void> deleteExchange(String exchange, boolean ifUnused) {
    return inMailbox(
        () -> {
          if (exchange.startsWith(RESERVED_PREFIX)) {
            throw reserved("exchange", exchange);
          }
          Exchange present = exchanges.find(exchange);
          if (present == null) {
            return done();
          }
          if (ifUnused && !present.bindings().isEmpty()) {
            throw new TopologyException(
                Reason.PRECONDITION_FAILED,
                "exchange '" + exchange + "' in vhost '" + name + "' in use");
          }
          List<TopologyEntry> gone = new ArrayList<>();
          bindings.removeExchange(present, gone);
          return gone.isEmpty() ? done() : storage.remove(gone);
        });
  }

  // ---- bindings ----

  /** Binds, unless it is bound so already. */
  public CompletionStage<Void> bind(Binding binding, @Nullable Object caller) {
    return inMailbox(
        () -> {
          Exchange source = sourceOf(binding);
          Destination destination = destinationOf(binding, caller);
          source.check(binding);
          if (source.has(binding)) {
            return done();
          }
          if (bindings.count() >= settings.maxBindings()) {
            throw new TopologyException(
                Reason.PRECONDITION_FAILED,
                "vhost '"
                    + name
                    + "' has "
                    + bindings.count()
                    + " bindings already; allowed: "
                    + settings.maxBindings());
          }
          bindings.add(source, binding, destination);
          return BindingTable.isStored(source, destination) ? storage.put(binding) : done();
        });
  }

  /** Unbinds, if it is bound. */
  public CompletionStage<Void> unbind(Binding binding, @Nullable Object caller) {
    return inMailbox(
        () -> {
          Exchange source = sourceOf(binding);
          Destination unused = destinationOf(binding, caller);
          List<TopologyEntry> gone = new ArrayList<>();
          bindings.remove(source, binding, gone);
          return gone.isEmpty() ? done() : storage.remove(gone);
        });
  }

  private Exchange sourceOf(Binding binding) {
    if (binding.source().isEmpty()) {
      throw new TopologyException(
          Reason.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    return exchangeOrRefuse(binding.source());
  }

  /**
   * The exchange of that name.
   *
   * @throws TopologyException with {@code NOT_FOUND}
   */
  public Exchange exchangeOrRefuse(String exchange) {
    Exchange found = exchanges.find(exchange);
    if (found == null) {
      throw new TopologyException(
          Reason.NOT_FOUND, "no exchange '" + exchange + "' in vhost '" + name + "'");
    }
    return found;
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

  private Destination destinationOf(Binding binding, @Nullable Object caller) {
    return binding.toExchange()
        ? exchangeOrRefuse(binding.destination())
        : queues.findOrRefuse(binding.destination(), caller);
  }

  private @Nullable Destination destination(Binding binding) {
    return binding.toExchange()
        ? exchanges.find(binding.destination())
        : queues.find(binding.destination());
  }

  // ---- queues ----

  /** Makes a queue, or finds it made alike. */
  public CompletionStage<MessageQueue> declareQueue(QueueDeclaration asked) {
    return inMailbox(
        () -> {
          if (asked.name().startsWith(RESERVED_PREFIX) && queues.find(asked.name()) == null) {
            throw reserved("queue", asked.name());
          }
          churn.declare();
          if (asked.name().isEmpty() || queues.find(asked.name()) == null) {
            churn.create();
          }
          return queues.declare(asked, mailbox);
        });
  }

  /** Deletes a queue, if it is there; completes with how many messages were dropped. */
  public CompletionStage<Long> deleteQueue(
      String queue, boolean ifUnused, boolean ifEmpty, @Nullable Object caller) {
    return inMailbox(
        () -> {
          MessageQueue present = queues.find(queue);
          if (present == null) {
            return CompletableFuture.completedStage(0L);
          }
          MessageQueue found = queues.findOrRefuse(queue, caller);
          return delete(found, ifUnused, ifEmpty);
        });
  }

  private CompletionStage<Long> delete(MessageQueue queue, boolean ifUnused, boolean ifEmpty) {
    CompletableFuture<Long> dropped = new CompletableFuture<>();
    queue.delete(
        ifUnused,
        ifEmpty,
        (count, refusal) -> {
          if (refusal != null) {
            dropped.completeExceptionally(refusal);
            return;
          }
          mailbox.execute(
              () ->
                  forget(queue)
                      .whenComplete(
                          (unused, failure) -> {
                            if (failure == null) {
                              dropped.complete(count);
                            } else {
                              dropped.completeExceptionally(failure);
                            }
                          }));
        });
    return dropped;
  }

  private CompletionStage<Void> forget(MessageQueue queue) {
    churn.delete();
    List<TopologyEntry> gone = new ArrayList<>();
    bindings.detach(queue, gone);
    return queues.remove(queue, gone);
  }

  /** A queue that has outlived its use. */
  void outlived(MessageQueue queue) {
    mailbox.execute(
        () ->
            delete(queue, false, false)
                .whenComplete(
                    (unused, failure) -> {
                      if (failure != null) {
                        LOG.warn("Queue {} could not be deleted: {}", queue.name(), failure);
                      }
                    }));
  }

  /** Deletes the queues that are a connection's own, when it ends. */
  public void ended(Object owner) {
    mailbox.execute(
        () -> {
          for (MessageQueue queue : queues.ownedBy(owner)) {
            outlived(queue);
          }
        });
  }

  /** Somebody has deleted a topic: the queue that stood on it goes too. */
  void topicDeleted(String topic) {
    mailbox.execute(
        () -> {
          MessageQueue queue = queues.onTopic(topic);
          if (queue != null) {
            outlived(queue);
          }
        });
  }

  void close() {
    queues.all().forEach(MessageQueue::close);
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

  // ---- the mailbox ----

  private TopologyException reserved(String kind, String reserved) {
    return new TopologyException(
        Reason.ACCESS_REFUSED, kind + " name '" + reserved + "' contains reserved prefix 'amq.*'");
  }

  private static CompletionStage<Void> done() {
    return CompletableFuture.completedStage(null);
  }

  private <T> CompletionStage<T> inMailbox(Supplier<CompletionStage<T>> change) {
    CompletableFuture<T> result = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          try {
            change
                .get()
                .whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    });
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** All bindings, in no order; for those who show them. */
  public Collection<Binding> allBindings() {
    List<Binding> all = new ArrayList<>();
    exchanges.all().forEach(exchange -> all.addAll(exchange.bindings()));
    return Collections.unmodifiableList(all);
  }
}
