package io.millrace.broker.group.consumer;

import java.util.UUID;

/** A partition of a topic that keeps its identity when another of the same name takes its place. */
public record TopicIdPartition(UUID topicId, int partition) {}
