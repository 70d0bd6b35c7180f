/**
 * The logical plan of a streaming job: what the SQL front end hands to the engine.
 *
 * <p>In: nothing; these are values. Out: a {@link io.millrace.streams.plan.JobPlan}, which is a
 * list of inserts, each a tree of {@link io.millrace.streams.plan.PlanNode}s down to scans.
 * Everything is an immutable record, fully resolved: columns are indexes into the input row, every
 * expression has a type, every implicit conversion is an explicit cast, views and computed columns
 * are expanded, options are parsed. Sharing is by identity: where two inserts need the same rows,
 * the same node instance stands in both trees, so a source is read once. No type of the SQL parser
 * appears here.
 */
@NullMarked
package io.millrace.streams.plan;

import org.jspecify.annotations.NullMarked;
