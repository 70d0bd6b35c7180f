package io.millrace.log;

/** A record found by its time: its offset, its timestamp and the epoch it was written in. */
public record TimestampOffset(long offset, long timestampMillis, int leaderEpoch) {}
