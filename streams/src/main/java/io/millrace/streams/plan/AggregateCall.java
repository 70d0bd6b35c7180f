package io.millrace.streams.plan;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One aggregate of a window.
 *
 * @param function what to compute
 * @param argument the input column it is computed of; empty for COUNT(*)
 * @param distinct whether equal values count once
 * @param filter the BOOLEAN input column that says which rows count (TRUE only); empty for all
 * @param fraction 0 to 1 for {@link AggregateFunction#PERCENTILE}; empty otherwise
 * @param type the type of the result
 */
public record AggregateCall(
    AggregateFunction function,
    OptionalInt argument,
    boolean distinct,
    OptionalInt filter,
    OptionalDouble fraction,
    DataType type) {}
