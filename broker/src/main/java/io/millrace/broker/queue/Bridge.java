package io.millrace.broker.queue;

import io.millrace.broker.exchange.ExchangeType;

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
    String exchange, ExchangeType type, String topic, boolean toTopic, String routingKey) {}
