package io.millrace.log;

/**
 * Where a leader epoch ended.
 *
 * @param leaderEpoch the largest epoch known that is not after the one asked for, or -1
 * @param endOffset offset after the last record of that epoch, or -1
 */
public record EpochEnd(int leaderEpoch, long endOffset) {}
