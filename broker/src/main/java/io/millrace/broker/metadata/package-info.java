/**
 * What the node knows of itself across restarts: its topics, the producer ids it has given out, the
 * epoch in which it leads.
 *
 * <p>A change is decided against the present state, its records are appended to a compacted log and
 * forced to disk, and only then does it take effect. {@link
 * io.millrace.broker.metadata.MetadataState#apply} is the one place that changes the state, live
 * and when the log is read at start. All of it runs on the controller's own thread, in the plain
 * blocking style, since changes are rare.
 */
@NullMarked
package io.millrace.broker.metadata;

import org.jspecify.annotations.NullMarked;
