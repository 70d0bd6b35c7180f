package io.millrace.broker.group.share;

import java.util.UUID;

/** A partition as a share group sees it. */
public record SharePartitionKey(String group, UUID topicId, int partition) {}
