package io.millrace.broker.topic;

import io.millrace.log.batch.Compression;

/**
 * The codec in which a topic keeps its records, where that is not their producer's choice.
 *
 * @param codec that batches have or get
 * @param level for those that get it
 */
public record TargetCompression(Compression codec, int level) {}
