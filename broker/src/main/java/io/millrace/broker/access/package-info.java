/**
 * Who may use the exchanges and queues of which virtual host: users with their password hashes and
 * tags, virtual hosts with their limits, permissions by regular expression, as RabbitMQ has them.
 * Values and decisions over them only: they are kept in the records of {@code metadata}, changed
 * through {@link io.millrace.broker.AccessStore}, and asked by the protocol of the queues.
 */
@NullMarked
package io.millrace.broker.access;

import org.jspecify.annotations.NullMarked;
