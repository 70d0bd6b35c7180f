/**
 * Where a job's progress is kept: an internal topic of one partition, per job.
 *
 * <p>In: the bytes of an epoch, as the job wrote them, whole or as changes since the last one. Out:
 * after a restart, the epochs from the last whole one on, complete ones only. What lies before the
 * last whole epoch is deleted, so the topic stays about as large as the state and the changes
 * since.
 */
@NullMarked
package io.millrace.streams.checkpoint;

import org.jspecify.annotations.NullMarked;
