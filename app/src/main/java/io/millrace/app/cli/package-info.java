/**
 * The commands. Each one reads its arguments, does one thing and returns an exit code; all but
 * {@code start} are clients that reach a node through its Kafka port or its console.
 *
 * <p>Results go to standard output, everything else to standard error. What goes wrong is thrown
 * and becomes one sentence in {@link io.millrace.app.cli.Failures}.
 */
@NullMarked
package io.millrace.app.cli;

import org.jspecify.annotations.NullMarked;
