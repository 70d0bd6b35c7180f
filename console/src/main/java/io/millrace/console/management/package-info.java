/**
 * RabbitMQ's management HTTP API: what its tools and dashboards ask a broker, answered for the AMQP
 * port of this node.
 *
 * <p>In come requests on a port of its own, with the name and password of an AMQP user; out go JSON
 * documents with RabbitMQ's members and RabbitMQ's errors ({@code {"error", "reason"}}). What is
 * shown and changed belongs to {@code broker.queue} and {@code amqp}; nothing is kept here but the
 * samples that rates are made of.
 *
 * <pre>
 *   ManagementServer → ManagementApi → one …Api for each kind of thing
 *     Caller     who asks, and what its tags allow
 *     Body       what it sent, read as RabbitMQ reads it
 *     Listing    sort, columns, pages
 *     Sampler    counters every five seconds, while somebody asks
 * </pre>
 *
 * <p>Requests are served on virtual threads in plain blocking style.
 */
@NullMarked
package io.millrace.console.management;

import org.jspecify.annotations.NullMarked;
