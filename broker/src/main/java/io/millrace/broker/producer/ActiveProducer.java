package io.millrace.broker.producer;

/**
 * What a partition knows of a producer (DescribeProducers; KIP-664).
 *
 * @param lastSequence of its last record, or -1
 * @param lastSeenMillis when it last wrote here
 * @param coordinatorEpoch of its last marker, or -1
 * @param transactionStart offset of the first record of its open transaction, or -1
 */
public record ActiveProducer(
    long producerId,
    short epoch,
    int lastSequence,
    long lastSeenMillis,
    int coordinatorEpoch,
    long transactionStart) {}
