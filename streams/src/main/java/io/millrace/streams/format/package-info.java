/**
 * How the bytes of a record's key or value become columns of a row, and back.
 *
 * <p>In: bytes and a {@link io.millrace.streams.row.Row}. Out: the row's columns, or bytes. A
 * decoder or encoder belongs to one thread and keeps what it can reuse; bytes that cannot be read
 * are a {@link io.millrace.streams.format.FormatException}, whatever they are.
 */
@NullMarked
package io.millrace.streams.format;

import org.jspecify.annotations.NullMarked;
