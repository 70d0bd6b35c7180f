package io.millrace.broker.queue;

import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a declaration of a queue means in a virtual host, and what of it is refused, in the words of
 * RabbitMQ. Any thread.
 */
final class DeclarationRules {

  private static final String QUEUE_TYPE = "x-queue-type";
  private static final String RESERVED_PREFIX = "amq.";

  private final String virtualHost;
  private final Messaging messaging;
  private final int maxQueues;

  DeclarationRules(String virtualHost, Messaging messaging, MessagingSettings settings) {
    this.virtualHost = virtualHost;
    this.messaging = messaging;
    maxQueues = settings.maxQueues();
  }

  private @Nullable VirtualHostDefinition host() {
    return messaging.access().image().virtualHost(virtualHost);
  }

  /** What does not say of which type it is to be is of the virtual host's, where it can be. */
  QueueDeclaration typed(QueueDeclaration asked) {
    VirtualHostDefinition host = host();
    String type = host == null ? null : host.defaultQueueType();
    boolean canBe = asked.durable() && asked.owner() == null && !asked.autoDelete();
    return type == null || !canBe || asked.arguments().containsKey(QUEUE_TYPE)
        ? asked
        : withType(asked, type);
  }

  /** What is declared again without a type means the queue that there is. */
  static QueueDeclaration typedAs(MessageQueue present, QueueDeclaration asked) {
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

  /**
   * Refuses one queue more where there may be no more.
   *
   * @param present how many there are, with those that are being made
   */
  void checkLimits(QueueDeclaration asked, int present) {
    VirtualHostDefinition host = host();
    int most = host == null ? -1 : host.limits().maxQueues();
    if (most >= 0 && present >= most) {
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
    if (present >= maxQueues) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "vhost '" + virtualHost + "' has " + present + " queues already; allowed: " + maxQueues);
    }
  }

  /** Refuses a name that only queues of the node's choice have. */
  static void checkUnreserved(String name) {
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new TopologyException(
          Reason.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
    }
  }

  /** Refuses what is declared otherwise than the queue that there is. */
  static void checkAlike(QueueDeclaration present, QueueDeclaration asked) {
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

  /** Why a queue cannot be used that is another connection's own. */
  static TopologyException locked(QueueDeclaration queue) {
    return new TopologyException(
        Reason.RESOURCE_LOCKED,
        "cannot obtain exclusive access to locked "
            + queue.where()
            + ". It could be originally declared on another connection or the exclusive property"
            + " value does not match that of the original declaration.");
  }

  /** A name for a queue that is to have any, of no other queue. */
  static String chosenName() {
    return RandomName.after("amq.gen-");
  }
}
