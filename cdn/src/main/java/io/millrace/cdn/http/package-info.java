/**
 * HTTP/1.1 messages as the edge reads and writes them (RFC 9110, RFC 9112): heads, fields, framing,
 * dates, and the paths that requests name.
 *
 * <p>In come bytes from strangers; out come immutable values that hold only what the grammar
 * allows, or an {@link io.millrace.cdn.http.HttpError} that says how to refuse. Nothing here knows
 * of sockets, caches or origins.
 */
@NullMarked
package io.millrace.cdn.http;

import org.jspecify.annotations.NullMarked;
