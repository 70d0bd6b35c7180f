/**
 * The schema registry: which schemas the records of topics were written with, by id, and how those
 * schemas may change.
 *
 * <p>In come schemas of three formats, to be registered under subjects, looked up and compared; out
 * go ids and versions, or refusals. The state is what the records of one compacted topic add up to,
 * and it changes only by reading that topic: a write is decided, appended, forced to disk, read
 * back, and then answered. So another program may write to the topic as well, and a copy of it is a
 * copy of the registry.
 *
 * <p>{@link io.millrace.schema.RegistryOwner} is the thread that owns the state; callers bring
 * their own threads for all that takes time. A schema's size is bounded by a setting, its depth by
 * its format, and the references that it may have by number and depth.
 */
@NullMarked
package io.millrace.schema;

import org.jspecify.annotations.NullMarked;
