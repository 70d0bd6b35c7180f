/**
 * Counts what clients use, and says for how long one that has used too much is held back.
 *
 * <p>In come charges, from any thread: bytes, nanoseconds, partitions, connections. Out go
 * milliseconds, which the connection ({@code net}) tells its client and then leaves the socket
 * unread for. The limits are {@code broker.quota}'s. Nothing here waits: what two threads charge to
 * one client at the same time meets in an atomic counter. Nothing is counted for a client without a
 * limit.
 */
@NullMarked
package io.millrace.kafka.quota;

import org.jspecify.annotations.NullMarked;
