/**
 * The bytes of AMQP 0-9-1: frames, methods, tables, properties. Pure functions over buffers; the
 * caller owns every buffer. Lengths are checked before anything is allocated by them, depth is
 * limited, and whatever is wrong is an {@link io.millrace.amqp.wire.AmqpException}.
 *
 * <p>Source: the AMQP 0-9-1 specification of 2008 with RabbitMQ's errata (the types of field
 * values) and extensions (nack, confirms, blocked connections, exchange bindings).
 */
@NullMarked
package io.millrace.amqp.wire;

import org.jspecify.annotations.NullMarked;
