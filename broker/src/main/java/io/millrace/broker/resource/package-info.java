/**
 * What the node must not run out of: memory for messages, and the disk. In come figures, out comes
 * whether publishers of any protocol are to be slowed down.
 */
@NullMarked
package io.millrace.broker.resource;

import org.jspecify.annotations.NullMarked;
