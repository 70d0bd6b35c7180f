/**
 * The demo: a departures board over real flights, from a Kafka producer to a crowd of HTTP viewers,
 * which checks itself.
 *
 * <p>In comes the folder {@code examples/flights}; out go the board on the edge, a summary, and
 * whether every result was right. Each part is an ordinary user of the node: flights are sent and
 * results read by kafka-clients, the job is the plain SQL file, viewers speak HTTP.
 *
 * <pre>
 *   DemoCommand    the command line
 *   Demo           the order of things: node, job, viewers, replay, check, summary
 *   FlightsReplay  sends the flights           ResultTopics   reads what the job wrote
 *   ViewerCrowd    reads the board             BatchCheck     compares it with BatchComputation
 * </pre>
 *
 * {@link io.millrace.app.demo.Demo} owns the node and all threads; closing it ends them.
 */
@NullMarked
package io.millrace.app.demo;

import org.jspecify.annotations.NullMarked;
