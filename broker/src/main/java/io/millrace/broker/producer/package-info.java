/**
 * The idempotent and transactional producers of a partition (KIP-98): what each one wrote last, so
 * that a batch that is sent twice is stored once, and a batch that would leave a gap is refused.
 *
 * <p>In come the producer fields of each batch's header; out goes "new", "seen at this offset", or
 * a refusal. Of transactions it is known where each open one begins, and which ones were aborted.
 * The state belongs to the partition's mailbox. It is kept in memory, written to a snapshot file
 * beside the log from time to time, and rebuilt from the last snapshot and the batches after it.
 *
 * <p>Limits: the last five batches of a producer, a bounded number of producers for a partition,
 * and a time after which silent ones are forgotten. Cost: some 250 bytes for each producer, no
 * allocation for a batch.
 */
@NullMarked
package io.millrace.broker.producer;

import org.jspecify.annotations.NullMarked;
