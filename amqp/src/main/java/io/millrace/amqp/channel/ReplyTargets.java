package io.millrace.amqp.channel;

import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.RandomName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Channels that consume {@code amq.rabbitmq.reply-to}: a message published to the default exchange
 * with the name that such a channel's requests carry goes straight to it, without a queue. Any
 * thread.
 */
public final class ReplyTargets {

  static final String PSEUDO_QUEUE = "amq.rabbitmq.reply-to";
  private static final String PREFIX = PSEUDO_QUEUE + ".";

  private final Map<String, Consumer<Message>> byName = new ConcurrentHashMap<>();

  /** A name that answers can be sent to from now on. */
  String open(Consumer<Message> target) {
    String name = RandomName.after(PREFIX);
    byName.put(name, target);
    return name;
  }

  void close(String name) {
    byName.remove(name);
  }

  static boolean isName(String routingKey) {
    return routingKey.startsWith(PREFIX);
  }

  boolean exists(String name) {
    return byName.containsKey(name);
  }

  /** Sends an answer; false when nobody waits for it. */
  boolean send(Message message) {
    Consumer<Message> target = byName.get(message.routingKey());
    if (target == null) {
      return false;
    }
    target.accept(message);
    return true;
  }
}
