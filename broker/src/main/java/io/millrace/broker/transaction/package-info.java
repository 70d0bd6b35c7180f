/**
 * The coordinator of transactions (KIP-98, KIP-664, KIP-890): which producer may write under a
 * transactional id, which partitions its open transaction has reached, and how it ended.
 *
 * <p>A coordinator is a state machine over an internal compacted topic, {@code
 * __transaction_state}, in Kafka's own record schema; it is made as {@code broker.group} is. In
 * come the producers' requests and the passing of time; out go answers, and markers to the
 * partitions ({@link io.millrace.broker.topic.Partition#endTransaction}). A request is checked
 * against the state by plain functions ({@code TransactionRules}), which say what the state
 * becomes; that is appended, and then applied, live and at start by the same code. No answer and no
 * marker leaves before the record that it rests on is durable.
 *
 * <pre>
 *   EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT ──(partitions or offsets added)──→ ONGOING
 *   ONGOING ──(end of transaction)──→ PREPARE_COMMIT or PREPARE_ABORT
 *   ONGOING ──(timeout, or a new producer under the same id)──→ PREPARE_ABORT, producer fenced
 *   PREPARE_… ──(all markers are written)──→ COMPLETE_…
 *   EMPTY, COMPLETE_… ──(not used for long)──→ gone
 * </pre>
 *
 * <p>After PREPARE the outcome is decided: a node that ends there writes the markers when it starts
 * again. An end of transaction is answered once its markers are written, so the next transaction
 * does not find the former one unfinished.
 *
 * <p>Limits: transactional ids of a node, the longest timeout ({@link
 * io.millrace.broker.transaction.TransactionSettings}). Cost when idle: one timer for each shard;
 * one more while a shard has transactions open.
 */
@NullMarked
package io.millrace.broker.transaction;

import org.jspecify.annotations.NullMarked;
