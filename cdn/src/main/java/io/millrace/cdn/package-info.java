/**
 * The edge: an HTTP/1.1 and HTTP/2 server that answers from a shared cache, from origins behind it,
 * from views of topics, and from topics themselves.
 *
 * <p>In come requests of viewers; out go responses and streams of events. {@link
 * io.millrace.cdn.EdgeServer} owns the sockets and event loops; a connection is owned by its event
 * loop, the cache is shared by all, and what a request may reach is a value, {@link
 * io.millrace.cdn.route.RouteTable}.
 *
 * <pre>
 *   server  → route, cache, view, http2, tls   connections, answers
 *   tls                              certificates by name
 *   topic   → view, route, cache, origin   topics to be read, written and followed
 *   view    → route, cache, origin   boards of topics, live events
 *   route   → cache, origin
 *   cache   → origin, http2          RFC 9111
 *   http2   → http                   RFC 9113, beside Netty's codec
 *   origin  → http                   folders, servers
 *   http                             the message grammar
 * </pre>
 */
@NullMarked
package io.millrace.cdn;

import org.jspecify.annotations.NullMarked;
