package io.millrace.broker.topic;

import io.millrace.log.LogConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic's settings: those given at its creation, and what they mean together with the defaults.
 *
 * @param given by Kafka's names, only what differs from the node's defaults
 * @param log what they mean for the log
 * @param minInSyncReplicas how many replicas must have a record before it is acknowledged to
 *     acks=all
 * @param compression the codec in which records are kept; null for that of their producer
 */
public record TopicSettings(
    Map<String, String> given,
    LogConfig log,
    int minInSyncReplicas,
    @Nullable TargetCompression compression) {}
