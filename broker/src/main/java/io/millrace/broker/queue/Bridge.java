package io.millrace.broker.queue;

import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import java.util.Map;

/**
 * What connects an exchange with a topic.
 *
 * @param exchange made when it is not there
 * @param type that it then has
 * @param topic by its own name
 * @param toTopic whether messages of the exchange go to the topic; otherwise the topic's records go
 *     to the exchange
 * @param routingKey of the binding, as the type of its source takes it
 */
public record Bridge(
    String exchange, ExchangeType type, String topic, boolean toTopic, String routingKey) {

  /**
   * The binding that it is.
   *
   * @param topicExchange the exchange that stands for the topic
   */
  Binding binding(String virtualHost, String topicExchange) {
    return toTopic
        ? new Binding(virtualHost, exchange, true, topicExchange, routingKey, Map.of())
        : new Binding(virtualHost, topicExchange, true, exchange, routingKey, Map.of());
  }

  /** The exchange that is made where there is none of its name. */
  ExchangeDefinition definition(String virtualHost) {
    return new ExchangeDefinition(virtualHost, exchange, type, true, false, false, Map.of());
  }
}
