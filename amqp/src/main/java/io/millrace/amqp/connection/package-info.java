/**
 * A connection: cuts the bytes of a socket into frames, sees to who the client is and what was
 * agreed on, and gives each frame to its channel. Everything is confined to the socket's event
 * loop.
 *
 * <p>Bounds: a frame is at most as long as was agreed; there are at most as many channels; a client
 * that has not introduced itself within some seconds is closed, as is one whose heartbeat stays
 * away. Nothing is read while an answer is being made, or while the socket does not take what is
 * written.
 */
@NullMarked
package io.millrace.amqp.connection;

import org.jspecify.annotations.NullMarked;
