/**
 * Where rows come from and go to: this node's own topics, fixed values, the standard output,
 * nowhere, or whoever started the job.
 *
 * <p>In: slices of a partition's log, read in place; out: record batches, ready to be appended. A
 * source pushes rows and watermarks into the first operator; a topic's sink collects batches until
 * the job publishes them at the end of an epoch. All of it belongs to the job's thread, except the
 * wake-ups and the answers to appends, which come on the broker's threads and only set flags.
 */
@NullMarked
package io.millrace.streams.connector;

import org.jspecify.annotations.NullMarked;
