/**
 * Share groups (KIP-932): many members read one partition, each record is locked by the member that
 * got it, and is delivered again until somebody says that it is done.
 *
 * <p>A share-partition is one partition as one group sees it. Its window runs from the start offset
 * (all before it is done) to the end offset (nothing from it on was ever delivered); {@code
 * InFlightRecords} keeps the records between as ranges of the same state ({@code DeliveryRanges}),
 * so a thousand records that were fetched together cost one object. What was decided about records
 * is written to {@code __share_group_state} in Kafka's own schemas before anybody is told ({@code
 * SharePartitionStore}); who has locked what is in memory only, since a lock ends with the node
 * that gave it.
 *
 * <pre>
 *   AVAILABLE     acquire            → ACQUIRED      delivery count + 1, a lock with a deadline
 *   ACQUIRED      accept             → ACKNOWLEDGED
 *   ACQUIRED      reject, or a gap   → ARCHIVED
 *   ACQUIRED      release, deadline,
 *                 end of session     → AVAILABLE     or ARCHIVED, at the limit of deliveries
 *   ACQUIRED      renew              → ACQUIRED      with a new deadline
 * </pre>
 *
 * <p>In come calls to {@code SharePartitions}, from any thread. Each share-partition belongs to the
 * mailbox of the partition of {@code __share_group_state} that has its records ({@code
 * ShareShard}). Out go ranges of acquired records with the bytes that hold them, which the caller
 * sends and closes. Members and their assignments are the group coordinator's; here nobody asks
 * whether who fetches is a member, as Kafka does not either: what counts is the lock.
 *
 * <p>Limits: locks of a share-partition, deliveries of a record, sessions of the node ({@code
 * ShareGroupSettings}). Cost: a fetch looks at the headers of the batches that it delivers and
 * makes one range for each run of them; an acknowledgement is one small record in the journal; one
 * timer for each share-partition with locks.
 */
@NullMarked
package io.millrace.broker.group.share;

import org.jspecify.annotations.NullMarked;
