/**
 * A channel: what a client does in it, as calls of the broker. In come methods and contents, out go
 * methods and contents through the {@link io.millrace.amqp.channel.Peer}. Everything here is
 * confined to the connection's event loop, but for what queues call: {@link
 * io.millrace.amqp.channel.ChannelConsumer} and the receipts of {@link
 * io.millrace.amqp.channel.Confirms} hand over to it.
 *
 * <p>Messages published, and acknowledgements, are gathered while frames are read and handed to
 * each queue as one list when the socket has no more, or when another method comes.
 */
@NullMarked
package io.millrace.amqp.channel;

import org.jspecify.annotations.NullMarked;
