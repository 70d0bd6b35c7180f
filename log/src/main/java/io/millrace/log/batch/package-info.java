/**
 * The record batch, Kafka's on-disk and on-wire unit (message format version 2): reading its header
 * in place, iterating over its records, and building one.
 */
@NullMarked
package io.millrace.log.batch;

import org.jspecify.annotations.NullMarked;
