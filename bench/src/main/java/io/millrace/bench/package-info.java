/**
 * Side-by-side comparisons: a peer and Millrace in turn, the same client, the same machine, one
 * run.
 *
 * <p>A {@link io.millrace.bench.Benchmark} is run against a {@link io.millrace.bench.Server} that a
 * {@link io.millrace.bench.Contestant} started as a process of its own; {@link
 * io.millrace.bench.Comparison} alternates the rounds and leaves nothing running.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
