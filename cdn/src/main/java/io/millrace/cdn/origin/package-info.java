/**
 * Where content comes from: an HTTP server behind the edge, a folder of files, or anything else
 * that implements {@link io.millrace.cdn.origin.Origin}.
 *
 * <p>In comes a request that the edge has parsed and normalised; out go a head and pieces of a
 * body, to a listener on the event loop that the request names. Each piece is owned by whoever got
 * it last. Origins know nothing of caching.
 */
@NullMarked
package io.millrace.cdn.origin;

import org.jspecify.annotations.NullMarked;
