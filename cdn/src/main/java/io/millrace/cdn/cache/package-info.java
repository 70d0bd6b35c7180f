/**
 * The shared HTTP cache (RFC 9111), with stale-while-revalidate and stale-if-error (RFC 5861),
 * targeted cache control (RFC 9213) and Cache-Status (RFC 9211).
 *
 * <p>In comes an {@link io.millrace.cdn.cache.Exchange}: a request and the way back to its client.
 * Out goes one answer to it, from a {@link io.millrace.cdn.cache.StoredResponse}, from an origin by
 * way of a {@link io.millrace.cdn.cache.Fetch} that many exchanges can share, or straight from the
 * origin where nothing may be stored. Stored responses are immutable and shared by all threads; a
 * fetch is owned by the event loop that started it.
 */
@NullMarked
package io.millrace.cdn.cache;

import org.jspecify.annotations.NullMarked;
