/**
 * The SQL front end: scripts in Flink's dialect in, {@link io.millrace.streams.plan.JobPlan}s out.
 *
 * <p>The way of a script: {@link io.millrace.streams.sql.Scanner} makes tokens with positions;
 * {@link io.millrace.streams.sql.StatementParser} reads statements from them, and hands queries and
 * expressions to Calcite's parser; {@link io.millrace.streams.sql.QueryPlanner} resolves names and
 * types against the session's {@link io.millrace.streams.sql.Catalog} and builds plan nodes; {@link
 * io.millrace.streams.sql.ColumnPruning} leaves only the columns that are needed. The door is
 * {@link io.millrace.streams.sql.SqlSession}.
 *
 * <p>Every refusal is a {@link io.millrace.streams.sql.SqlException} with the line and column in
 * the script that was given. What cannot be run is refused here, never planned as something else. A
 * session belongs to one thread at a time. Calcite's classes are loaded by the first statement that
 * contains a query or an expression, not before.
 */
@NullMarked
package io.millrace.streams.sql;

import org.jspecify.annotations.NullMarked;
