/**
 * The consumer group protocol of KIP-848 without time, disk and network: what a group is made of,
 * and who is to have which partitions. Share groups have the same members.
 *
 * <p>In come records ({@code ConsumerGroupRecord}, in Kafka's own schemas), which {@code
 * ConsumerGroup} adds up; out goes, from pure functions, a target assignment ({@code Assignor});
 * the steps to it are those of all heartbeat protocols (the package {@code member}), towards a
 * {@code PartitionGoal}. Requests are decided in the package above, which also owns the objects
 * here: a group is confined to its shard's mailbox, all else is immutable.
 *
 * <p>Cost: a heartbeat that changes nothing compares two integers; a change costs one assignment
 * over the group's members and partitions, and one step of each member.
 */
@NullMarked
package io.millrace.broker.group.consumer;

import org.jspecify.annotations.NullMarked;
