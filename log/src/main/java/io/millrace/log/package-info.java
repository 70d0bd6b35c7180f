/**
 * The append-only log of one partition: a directory of segment files that hold Kafka record batches
 * (format version 2) byte for byte as they travel on the wire.
 *
 * <p>In come whole batches; out go regions of files, ready for a zero-copy send. One thread at a
 * time writes a log, any number read it.
 */
@NullMarked
package io.millrace.log;

import org.jspecify.annotations.NullMarked;
