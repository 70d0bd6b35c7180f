/** The commands that act upon queues, through the node's console. */
@NullMarked
package io.millrace.app.cli.queue;

import org.jspecify.annotations.NullMarked;
