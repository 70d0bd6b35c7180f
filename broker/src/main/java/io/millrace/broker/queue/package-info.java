/**
 * Queues and virtual hosts: messages that are handed to consumers one by one, and acknowledged one
 * by one. No protocol's bytes are known here; a message's properties are whatever {@link
 * io.millrace.broker.queue.MessageProperties} the protocol brings.
 *
 * <p>In come declarations, messages and acknowledgements from any thread; out go stages and calls
 * of {@link io.millrace.broker.queue.Receipt} and {@link io.millrace.broker.queue.QueueConsumer}.
 * Nothing here blocks its caller.
 *
 * <p>A durable queue stands on a topic of one partition: each message is a record in it, so that a
 * Kafka consumer can read them. Which ones have been acknowledged is a {@link
 * io.millrace.broker.queue.AckedOffsets}, journalled to {@code __amqp_cursors}; after a crash both
 * are read again. Other queues stay in memory. See docs/decisions/broker-queues-on-the-log.md.
 *
 * <p>Who owns what: a queue is owned by its mailbox, which is its partition's; a virtual host's
 * exchanges, queues and bindings are changed in the host's mailbox and read without a lock; their
 * durable ones are records of the metadata log.
 *
 * <p>Memory: a queue keeps what is at its head, at most as much as {@link
 * io.millrace.broker.queue.MessagingSettings} says, and reads the rest from its log when it comes
 * to it. A message that was handed over and is not acknowledged costs about 100 bytes.
 */
@NullMarked
package io.millrace.broker.queue;

import org.jspecify.annotations.NullMarked;
