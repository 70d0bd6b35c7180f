package io.millrace.log;

/**
 * Where an append went.
 *
 * @param baseOffset offset of its first record
 * @param lastOffset offset of its last record
 * @param logAppendTimeMillis the time stamped on it, or -1 when the producer's timestamps stand
 */
public record AppendInfo(long baseOffset, long lastOffset, long logAppendTimeMillis) {}
