/**
 * ShareFetch and ShareAcknowledge (KIP-932): requests in, records and outcomes out. Which records a
 * member may have is for {@code broker.group.share} to say; here are the share sessions, which say
 * what a member reads, and the form on the wire.
 *
 * <p>A session belongs to the connection that began it, as those of Fetch do: it needs no lock, and
 * when the connection goes, what was locked through it is given back at once. Records go from the
 * file to the socket as with Fetch.
 */
@NullMarked
package io.millrace.kafka.share;

import org.jspecify.annotations.NullMarked;
