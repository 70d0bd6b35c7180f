/**
 * Compares streaming SQL with Apache Flink: the same script over the same made-up events in a
 * process of each engine.
 *
 * <p>In: scripts under {@code bench/nexmark}. Out: CPU per million events and more, after the rows
 * of both engines were found equal. What both programs share is in {@code run}.
 */
@NullMarked
package io.millrace.bench.streams;

import org.jspecify.annotations.NullMarked;
