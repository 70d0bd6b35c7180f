/**
 * What monitoring reads: the figures of the process, and {@code /metrics} in the text format of
 * Prometheus. Everything is collected when it is asked for; between two scrapes nothing runs.
 */
@NullMarked
package io.millrace.console.metrics;

import org.jspecify.annotations.NullMarked;
