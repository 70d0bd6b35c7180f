package io.millrace.streams.format;

import io.millrace.streams.plan.DataType;

/**
 * A column of a row that a format reads or writes.
 *
 * @param index its index in the row
 * @param name its name in the format, such as a JSON member
 * @param type its type
 */
public record FormatColumn(int index, String name, DataType type) {}
