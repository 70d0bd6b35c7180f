/**
 * Purges: what is stored by URL, prefix or surrogate key, or everything, is given up or made stale.
 *
 * <p>A {@link io.millrace.cdn.purge.Purge} is a record on a compacted topic, {@link
 * io.millrace.cdn.purge.PurgeTopic}, that every edge follows from its start: one that was away
 * catches up before it serves from disk. What it has read stands in a {@link
 * io.millrace.cdn.purge.PurgeTable}, which a cache asks before it uses a response. Purging touches
 * nothing that is stored, so it takes the same time whatever it means.
 */
@NullMarked
package io.millrace.cdn.purge;

import org.jspecify.annotations.NullMarked;
