/**
 * The operators that rows flow through: filter, projection, union, window aggregation.
 *
 * <p>In: rows and watermarks, pushed by a call. Out: the same, pushed to the next stage in the same
 * call, on the job's one thread; so a chain of operators is a chain of method calls, and a row is
 * handed on without being copied. An operator that keeps state says what changed since the last
 * checkpoint.
 */
@NullMarked
package io.millrace.streams.operator;

import org.jspecify.annotations.NullMarked;
