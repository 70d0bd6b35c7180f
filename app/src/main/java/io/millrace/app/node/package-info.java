/**
 * One node: all roles in one process, wired together.
 *
 * <p>In comes a {@link io.millrace.app.node.NodeSettings}; out comes a {@link
 * io.millrace.app.node.Node} that serves until it is closed. The node owns everything that it
 * opened, and closes it in reverse. It knows nothing of the command line.
 */
@NullMarked
package io.millrace.app.node;

import org.jspecify.annotations.NullMarked;
