/**
 * The row in memory and what its values mean: numbers with a scale, times as text.
 *
 * <p>A {@link io.millrace.streams.row.Row} is mutable and belongs to the operator that fills it; it
 * is valid for whoever receives it only until that call returns. Text, decimals and bytes inside
 * are never changed once they stand in a row, so they may be kept.
 */
@NullMarked
package io.millrace.streams.row;

import org.jspecify.annotations.NullMarked;
