/**
 * Keyed state: what a window remembers per group, in memory and as bytes.
 *
 * <p>In: rows, as encoded keys and values added to aggregates. Out: results, and the bytes of a
 * checkpoint, whole or only what changed since the last one. All of it belongs to the job's thread.
 * Groups lie in arrays (keys in one, numbers in another), so a million groups cost no million
 * objects; only exact percentiles, distinct values, decimals and texts keep objects.
 */
@NullMarked
package io.millrace.streams.state;

import org.jspecify.annotations.NullMarked;
