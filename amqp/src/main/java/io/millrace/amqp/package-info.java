/**
 * AMQP 0-9-1 as RabbitMQ's clients speak it: bytes ↔ calls of {@code broker.queue}, and nothing
 * else.
 *
 * <p>In come sockets; out go messages to queues and deliveries to consumers. A connection is
 * confined to an event loop ({@code connection}), and so are its channels ({@code channel}); {@code
 * wire} knows the bytes and {@code auth} the users.
 *
 * <p>Cost of a message that is published: one object for it, one for its properties, one copy of
 * its body into an array. Of one that is delivered: a small object, and one copy into the buffer
 * that is sent. Limits are in {@link io.millrace.amqp.AmqpSettings}.
 */
@NullMarked
package io.millrace.amqp;

import org.jspecify.annotations.NullMarked;
