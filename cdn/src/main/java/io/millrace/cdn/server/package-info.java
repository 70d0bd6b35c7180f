/**
 * The connections of viewers: reading their requests under limits and deadlines, answering them in
 * order, and keeping those who follow events.
 *
 * <p>A connection speaks HTTP/1.1 ({@code EdgeConnection}, whose {@code Http1Requests} are served
 * in turn) or HTTP/2 ({@code Http2EdgeConnection}); each has its {@code ClientStream}, behind which
 * a request is the same for both.
 *
 * <p>Bytes come in from a socket, become an {@link io.millrace.cdn.cache.Exchange}, and its answer
 * goes back as bytes. A connection and everything it holds is owned by its event loop.
 */
@NullMarked
package io.millrace.cdn.server;

import org.jspecify.annotations.NullMarked;
