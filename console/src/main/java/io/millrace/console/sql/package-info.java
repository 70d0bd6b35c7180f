/**
 * {@code POST /api/sql}: scripts in, results out. A session keeps tables and settings between
 * scripts; a SELECT's rows go from the job's thread through a bounded {@link
 * io.millrace.console.sql.RowPipe} to the client, so that a client that reads slowly slows its job
 * and nothing else.
 */
@NullMarked
package io.millrace.console.sql;

import org.jspecify.annotations.NullMarked;
