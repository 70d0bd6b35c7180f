/**
 * The connections of viewers: reading their requests under limits and deadlines, answering them in
 * order, and keeping those who follow events.
 *
 * <p>Bytes come in from a socket, become an {@link io.millrace.cdn.cache.Exchange}, and its answer
 * goes back as bytes. A connection and everything it holds is owned by its event loop.
 */
@NullMarked
package io.millrace.cdn.server;

import org.jspecify.annotations.NullMarked;
