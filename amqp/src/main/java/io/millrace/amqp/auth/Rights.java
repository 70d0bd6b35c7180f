package io.millrace.amqp.auth;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.Right;
import io.millrace.broker.access.TopicPermission;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeType;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user of a connection may do in its virtual host. Remembers the names that were allowed
 * last, until any user or permission changes, so that a publisher does not pay for a regular
 * expression with each message. Confined to the connection's event loop.
 */
public final class Rights {

  private static final String DEFAULT_EXCHANGE = "amq.default";

  /** As many as RabbitMQ's channels remember. */
  private static final int REMEMBERED = 12;

  private final AccessStore access;
  private final String user;
  private final String virtualHost;

  // What follows from an image.
  private @Nullable AccessImage image;
  private @Nullable VirtualHostPermission permission;
  private Map<String, TopicPermission> topics = Map.of();
  private final RecentNames configurable = new RecentNames();
  private final RecentNames writable = new RecentNames();
  private final RecentNames readable = new RecentNames();

  /** The names that were allowed last; the oldest gives way. */
  private static final class RecentNames {
    private final @Nullable String[] names = new String[REMEMBERED];
    private int next;

    boolean contains(String name) {
      for (String each : names) {
        if (name.equals(each)) {
          return true;
        }
      }
      return false;
    }

    void add(String name) {
      names[next] = name;
      next = (next + 1) % REMEMBERED;
    }

    void clear() {
      Arrays.fill(names, null);
    }
  }

  /** Of a user in a virtual host. */
  public Rights(AccessStore access, String user, String virtualHost) {
    this.access = access;
    this.user = user;
    this.virtualHost = virtualHost;
  }

  /**
   * Refuses a user who has no right to an exchange.
   *
   * @param exchange empty for the default one
   */
  public void checkExchange(Right right, String exchange) {
    String name = exchange.isEmpty() ? DEFAULT_EXCHANGE : exchange;
    if (!allows(right, name)) {
      throw refused(right, "exchange", name);
    }
  }

  /** Refuses a user who has no right to a queue. */
  public void checkQueue(Right right, String queue) {
    if (!allows(right, queue)) {
      throw refused(right, "queue", queue);
    }
  }

  /** Refuses a user who may not use a routing key with a topic exchange. */
  public void checkTopic(Right right, Exchange exchange, String routingKey) {
    refresh();
    if (topics.isEmpty() || exchange.definition().type() != ExchangeType.TOPIC) {
      return;
    }
    TopicPermission topic = topics.get(exchange.name());
    if (topic != null && !topic.of(right).matches(routingKey)) {
      throw new AmqpException(
          ReplyCode.ACCESS_REFUSED,
          right.label()
              + " access to topic '"
              + routingKey
              + "' in exchange exchange '"
              + exchange.name()
              + "' in vhost '"
              + virtualHost
              + "' refused for user '"
              + user
              + "'");
    }
  }

  private AmqpException refused(Right right, String kind, String name) {
    return new AmqpException(
        ReplyCode.ACCESS_REFUSED,
        right.label()
            + " access to "
            + kind
            + " '"
            + name
            + "' in vhost '"
            + virtualHost
            + "' refused for user '"
            + user
            + "'");
  }

  private boolean allows(Right right, String name) {
    refresh();
    VirtualHostPermission present = permission;
    if (present == null) {
      return false;
    }
    if (present.of(right).matchesAll()) {
      return true;
    }
    RecentNames recent =
        switch (right) {
          case CONFIGURE -> configurable;
          case WRITE -> writable;
          case READ -> readable;
        };
    if (recent.contains(name)) {
      return true;
    }
    boolean matches = present.of(right).matches(name);
    if (matches) {
      recent.add(name);
    }
    return matches;
  }

  @SuppressWarnings("ReferenceEquality") // Another image is another state.
  private void refresh() {
    AccessImage present = access.image();
    if (present != image) {
      image = present;
      permission = present.permission(user, virtualHost);
      topics = present.topicPermissionsByExchange(user, virtualHost);
      configurable.clear();
      writable.clear();
      readable.clear();
    }
  }
}
