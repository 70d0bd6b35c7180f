/**
 * Where the cache keeps responses: bodies in memory or in files, and the disk tier below the memory
 * tier.
 *
 * <p>In come objects: a key, a head as bytes that the cache alone understands, and a body. Out come
 * the same, whole and checked, or nothing. The {@link io.millrace.cdn.store.DiskStore} keeps them
 * in append-only {@link io.millrace.cdn.store.Segment} files, finds them by a {@link
 * io.millrace.cdn.store.DiskIndex} in memory, and writes down what the index holds in an {@link
 * io.millrace.cdn.store.IndexJournal}, so that a node that starts again serves what it had.
 *
 * <p>One thread writes, a few read; event loops only look into the index, which is memory. A body
 * in a file is counted by its users: the file stays open until the last of them has released it,
 * even when the store has given it up.
 */
@NullMarked
package io.millrace.cdn.store;

import org.jspecify.annotations.NullMarked;
