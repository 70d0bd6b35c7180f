/**
 * Requests and answers as the console's handlers see them: an {@link io.millrace.cdn.origin.Origin}
 * that collects a bounded body, checks who asks ({@link io.millrace.console.http.RequestGuard}),
 * finds the handler ({@link io.millrace.console.http.Router}) and runs it on a virtual thread.
 */
@NullMarked
package io.millrace.console.http;

import org.jspecify.annotations.NullMarked;
