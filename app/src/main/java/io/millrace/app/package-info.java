/**
 * The program: the command line, the configuration, and the node that wires all modules together.
 *
 * <p>In come arguments and {@code millrace.yaml}; out comes a running {@link
 * io.millrace.app.node.Node}, or a command that speaks to one over the network as any client would.
 *
 * <pre>
 *   Main   → cli, demo, training   arguments, exit codes
 *   demo   → node          the departures board
 *   cli    → node          the commands
 *   node   → config        wiring, start and stop
 *   config                 millrace.yaml
 * </pre>
 */
@NullMarked
package io.millrace.app;

import org.jspecify.annotations.NullMarked;
