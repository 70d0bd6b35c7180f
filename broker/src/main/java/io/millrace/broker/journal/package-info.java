/**
 * Reading back the logs in which the broker keeps its own state: metadata, groups and their
 * offsets. In comes a log, out go its records, one by one, to whoever applies them; and the fields
 * of which their keys and values consist.
 */
@NullMarked
package io.millrace.broker.journal;

import org.jspecify.annotations.NullMarked;
