/**
 * What the groups of all heartbeat protocols have in common (consumer groups, KIP-848; share
 * groups, KIP-932; streams groups, KIP-1071), without time, disk and network: members with their
 * epochs, targets and current assignments, the reconciliation of the two, and the records of these.
 *
 * <p>Three epochs tell the parts apart. The group epoch grows whenever something changes by which
 * the work is shared out. The assignment epoch says for which group epoch the target was computed.
 * A member's epoch says to which target it has come.
 *
 * <p>In come the facts of a protocol's own records, put into {@code Members}; out goes, from the
 * pure function {@code Reconciliation}, a member's next assignment. What the work is made of,
 * partitions or tasks, is the protocol's: its type stands as {@code W} here, and is immutable. A
 * {@code Members} is its group's, and confined to the mailbox of the group's shard; all else is
 * immutable.
 */
@NullMarked
package io.millrace.broker.group.member;

import org.jspecify.annotations.NullMarked;
