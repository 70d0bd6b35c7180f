/**
 * The consumer group protocol of KIP-848 without time, disk and network: what a group is made of,
 * who is to have which partitions, and the next step of a member on its way there.
 *
 * <p>In come records ({@code ConsumerGroupRecord}, in Kafka's own schemas), which {@code
 * ConsumerGroup} adds up; out go, from pure functions, a target assignment ({@code Assignor}) and a
 * member's next assignment ({@code Reconciliation}). Requests are decided in the package above,
 * which also owns the objects here: a group is confined to its shard's mailbox, all else is
 * immutable.
 *
 * <p>Three epochs tell the parts apart. The group epoch grows whenever members, subscriptions or
 * the topics subscribed to change. The assignment epoch says for which group epoch the target was
 * computed. A member's epoch says to which target it has come.
 *
 * <p>Cost: a heartbeat that changes nothing compares two integers; a change costs one assignment
 * over the group's members and partitions, and one step of each member.
 */
@NullMarked
package io.millrace.broker.group.consumer;

import org.jspecify.annotations.NullMarked;
