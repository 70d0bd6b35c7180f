/**
 * Connections: bytes of sockets become requests, answers become bytes, in the order in which the
 * requests came.
 *
 * <p>In come the bytes of one socket per {@link io.millrace.kafka.net.Connection}, confined to one
 * event loop; out go {@link io.millrace.kafka.net.Exchange}s to the handlers of the {@link
 * io.millrace.kafka.net.ApiTable}. This package owns all read buffers, and says when a socket is
 * read and when it is left alone: nothing else slows a client down.
 */
@NullMarked
package io.millrace.kafka.net;

import org.jspecify.annotations.NullMarked;
