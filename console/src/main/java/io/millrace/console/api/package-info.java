/**
 * The admin REST API, one class for each kind of thing it is about: each turns requests into calls
 * of the domain, and what comes back into records whose members are those of the JSON answer
 * (described in docs/console-api.md).
 */
@NullMarked
package io.millrace.console.api;

import org.jspecify.annotations.NullMarked;
