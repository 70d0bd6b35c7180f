/**
 * Consumer groups: membership, assignment hand-over, and committed offsets. A coordinator is a
 * state machine over an internal compacted topic: a request is checked against the state and
 * answers records to append and a response; the state changes only when a record is applied.
 */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
