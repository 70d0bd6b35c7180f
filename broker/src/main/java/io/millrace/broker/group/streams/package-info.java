/**
 * The streams group protocol of KIP-1071 without time, disk and network: what a group of a Kafka
 * Streams application is made of, which topics its topology needs, and who is to have which tasks.
 *
 * <p>In come records ({@code StreamsGroupRecord}, in Kafka's own schemas), which {@code
 * StreamsGroup} adds up; out go, from pure functions, a topology held against the topics that there
 * are ({@code TopologyResolver}), a target assignment ({@code StickyTaskAssignor}, then {@code
 * WarmupStaging}); the steps to it are those of all heartbeat protocols (the package {@code
 * member}), towards a {@code TaskGoal}. Requests are decided in the package above, which also owns
 * the objects here: a group is confined to its shard's mailbox, all else is immutable.
 *
 * <p>The epochs are those of all heartbeat protocols; the topology has one of its own. What members report of
 * their state's progress, where they can be queried, how one of them describes the topology to
 * people and whether one asks all to shut down is in memory only: members say it again after a
 * restart.
 *
 * <p>Cost: a heartbeat that changes nothing compares a few numbers and references; a change costs
 * one assignment over the group's members and tasks, and one step of each member.
 */
@NullMarked
package io.millrace.broker.group.streams;

import org.jspecify.annotations.NullMarked;
