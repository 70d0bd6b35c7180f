/**
 * Runs a plan: the public face of the stream engine.
 *
 * <p>In: a {@link io.millrace.streams.plan.JobPlan} and the node's broker. Out: a {@link
 * io.millrace.streams.job.StreamJob} that reads topics, computes, writes topics, keeps checkpoints
 * and tells its {@link io.millrace.streams.job.JobStatus}.
 *
 * <p>A job is one thread that owns everything the job has: positions, state, output not yet
 * published. It sleeps until a partition has more records, a timer is due, or an append is
 * answered; those wake it and touch nothing else. {@link io.millrace.streams.job.JobTask} is the
 * loop: read, compute, end the epoch, sleep.
 */
@NullMarked
package io.millrace.streams.job;

import org.jspecify.annotations.NullMarked;
