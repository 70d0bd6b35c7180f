/**
 * Consumer groups: membership, assignment hand-over, and committed offsets; Kafka's classic
 * protocol (KIP-62, KIP-345, KIP-394, KIP-814).
 *
 * <p>A coordinator is a state machine over an internal compacted topic, {@code __consumer_offsets},
 * in Kafka's own record schema. A request is checked against the state and answers records to
 * append and a response; what is stored (generations with their members and assignments, offsets)
 * changes only when a record is applied, live and at start by the same code. No answer leaves
 * before the records that it rests on are durable. Who waits in a join phase, promised ids and
 * timers are in memory only: after a restart the clients bring them again.
 *
 * <p>Files: {@code ShardedGroupCoordinator} finds the shard of a group; {@code GroupShard} brings a
 * call into its mailbox; {@code GroupMembership} and {@code GroupOffsets} check requests; {@code
 * Rebalancer} holds the transitions, with their table; {@code GroupTable} applies records; {@code
 * GroupJournal} writes them and holds answers back; {@code Deadlines} is time.
 *
 * <p>Groups of KIP-848 are {@code ConsumerMembership}'s, members of share groups (KIP-932) {@code
 * ShareMembership}'s, those of streams groups (KIP-1071) {@code StreamsMembership}'s. What these
 * three have in common is {@code HeartbeatGroups}'s (how groups come and go, and their members'
 * time), {@code Caller}'s (who a heartbeat is from) and the package {@code member}'s (epochs,
 * assignments, reconciliation, records). What share groups do with records is in the package {@code
 * share}.
 *
 * <p>Limits: members of a group, groups of a node, bytes of an offset's metadata ({@link
 * io.millrace.broker.group.GroupSettings}). Cost when idle: one timer for each member, one for each
 * shard; a heartbeat moves a deadline and touches no timer.
 */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
