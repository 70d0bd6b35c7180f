/**
 * Which origin answers which requests, as values: whoever reads a configuration, a topic or an API
 * call makes a {@link io.millrace.cdn.route.RouteTable} and hands it to the server.
 */
@NullMarked
package io.millrace.cdn.route;

import org.jspecify.annotations.NullMarked;
