package io.millrace.amqp.channel;

import io.millrace.broker.queue.QueueConsumer.Activity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A consumer.
 *
 * @param queue its name in the virtual host of the connection
 * @param acknowledges whether its messages are to be acknowledged
 * @param exclusive whether nobody else may consume from the queue
 * @param prefetch how many messages it may have unacknowledged; 0 for any number
 * @param priority consumers of a higher one are served first
 * @param activity whether it is its turn to get messages
 * @param arguments that it came with
 */
public record ConsumerStatus(
    String tag,
    String queue,
    boolean acknowledges,
    boolean exclusive,
    int prefetch,
    int priority,
    Activity activity,
    Map<String, Object> arguments) {

  /** Copies the arguments. */
  public ConsumerStatus {
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }
}
