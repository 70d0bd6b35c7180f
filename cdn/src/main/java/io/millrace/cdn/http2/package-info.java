/**
 * The parts of HTTP/2 that the edge does itself, beside Netty's codec for frames, streams and flow
 * control (RFC 9113): what of a client's fields makes a request, how heads are compressed (RFC
 * 7541), and how much a client may make the edge do for nothing.
 *
 * <p>In come decoded field lists and frames; out go heads as they are kept for HTTP/1.1 too, field
 * blocks, and the error that ends a connection. Nothing here knows of caches or origins.
 */
@NullMarked
package io.millrace.cdn.http2;

import org.jspecify.annotations.NullMarked;
