package io.millrace.streams.plan;

/**
 * A column to order rows by.
 *
 * @param column its index
 * @param descending whether the greatest value comes first
 * @param nullsFirst whether NULL comes before all values
 */
public record SortColumn(int column, boolean descending, boolean nullsFirst) {}
