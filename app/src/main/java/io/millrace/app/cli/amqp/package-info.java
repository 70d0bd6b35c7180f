/**
 * {@code millrace amqp …}: exchanges, queues, bindings, policies and definitions of the AMQP port,
 * by RabbitMQ's management API. In come a command's arguments; out goes a table, or JSON with
 * {@code --json}. The same commands work on a RabbitMQ.
 */
@NullMarked
package io.millrace.app.cli.amqp;

import org.jspecify.annotations.NullMarked;
