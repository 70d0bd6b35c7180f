/**
 * The domain that every protocol calls: topics, partitions, consumer groups, producer ids. No bytes
 * of any protocol are known here; a record batch is the one format that passes through whole.
 *
 * <p>In come calls from any thread; out go stages and callbacks that are completed once, with a
 * result or with a {@link io.millrace.broker.BrokerException}. Nothing here blocks its caller.
 *
 * <p>Who owns what:
 *
 * <ul>
 *   <li>a partition's log and producers: the partition's mailbox ({@code topic}, {@code producer});
 *   <li>a group: the mailbox of the {@code __consumer_offsets} partition that its records live in
 *       ({@code group});
 *   <li>topics and their settings, producer id blocks, the leader epoch: the controller's thread
 *       ({@code metadata}); readers see an immutable snapshot.
 * </ul>
 *
 * <p>State changes in one way: a request is checked against the state and decides on records; the
 * records are appended; applying them changes the state. The same code applies them at start.
 *
 * <p>Leader epochs: the node leads all its partitions in one epoch, kept in the metadata log. It
 * stays across a clean end and goes up by one after any other, since records that somebody saw may
 * be lost with the page cache; clients find out where by asking for the end of the old epoch
 * (KIP-320).
 *
 * <p>Limits are in {@link io.millrace.broker.BrokerSettings}. Cost of an append: two small objects,
 * no copy of the bytes, no lock; with durability {@code commit} two more, in the queue for the next
 * force. Threads: the controller's, and one for housekeeping; both sleep while nothing is to do.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
