package io.millrace.broker.topic;

import java.util.Map;

/**
 * A topic to be made.
 *
 * @param name 1 to 249 of the characters a–z, A–Z, 0–9, '.', '_' and '-'
 * @param partitions from 1, or -1 for the node's default
 * @param settings Kafka's topic settings by name, such as {@code retention.ms}, and {@code
 *     durability}
 */
public record NewTopic(String name, int partitions, Map<String, String> settings) {}
