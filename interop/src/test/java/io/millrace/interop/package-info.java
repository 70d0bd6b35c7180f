/**
 * Programs of the Kafka world, unmodified, against a node that {@code ./millrace} started: Kafka's
 * command line tools, Kafka Streams, Kafka Connect.
 *
 * <p>Each program is a process of its own with the class path that its authors gave it ({@code
 * target/programs}), so a test sees what a user sees: what it prints, and its exit code. The node
 * is a process too, started by the launcher. Most tests share one node ({@link
 * io.millrace.interop.SharedNode}) and keep to topics of their own names; those that kill a node,
 * or need another configuration, start their own.
 */
@NullMarked
package io.millrace.interop;

import org.jspecify.annotations.NullMarked;
