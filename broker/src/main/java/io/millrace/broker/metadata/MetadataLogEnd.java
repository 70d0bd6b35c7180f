package io.millrace.broker.metadata;

/**
 * How far the log of metadata goes.
 *
 * @param leaderEpoch in which it is written
 * @param offset that the next record gets
 */
public record MetadataLogEnd(int leaderEpoch, long offset) {}
