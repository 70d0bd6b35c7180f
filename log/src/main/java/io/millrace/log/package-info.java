/**
 * The append-only log of one partition: a directory of segment files that hold Kafka record batches
 * (format version 2) byte for byte as they travel on the wire.
 *
 * <p>In come whole batches ({@link io.millrace.log.PartitionLog#append}), whose buffers stay the
 * caller's; out go regions of files ({@link io.millrace.log.LogSlice}), ready for a zero-copy send,
 * which the caller closes. A {@link io.millrace.log.LogStore} is a data folder of such logs; it has
 * a thread that forces logs to disk, each for all that wait for it (group commit), which others
 * help while many logs wait, and one or more that compact, while there is something to compact.
 *
 * <p>Who owns what: one thread at a time writes a log (its partition's mailbox sees to that), any
 * number read it, and no lock stands between them. The writer publishes bytes, then the segment's
 * size, then the end offset; the array of segments is replaced as a whole. Segments are counted:
 * files of a deleted one stay open until the last slice is closed. Everything that changes the disk
 * goes through {@link io.millrace.log.Disk}, so that tests can fill it and cut its power.
 *
 * <p>From the outside in:
 *
 * <ul>
 *   <li>{@code FolderStore}: lock, names, checkpoints, the mark of a clean end
 *   <li>{@code SegmentedLog}: the writer; {@code LogReader}: the readers' searches; {@code
 *       LogForce}, {@code CommitThreads}: durability; {@code LogLoader}, {@code SegmentScan}:
 *       opening and recovery; {@code RollRule}, {@code Retention}; {@code Compactable}, {@code
 *       Compaction}, {@code BatchFilter}, {@code CompactionSwap}
 *   <li>{@code Segment}: one file of batches with its {@code OffsetIndex} and {@code TimeIndex};
 *       {@code TailRoom}: what the file has behind them
 * </ul>
 *
 * <p>Limits: a segment 2 GiB less a byte, 2³¹ offsets; a batch as configured ({@code
 * max.message.bytes}); the keys, threads and bytes a second of compaction as its {@code
 * CompactionLimits} say. A log costs nothing in memory but its objects while it is idle: no file
 * descriptor, no mapping; and nothing on disk before its first batch. A segment that is read or
 * written holds one descriptor, its indexes a mapping each and 4 KiB at least once it has more than
 * one index interval of data; they grow fourfold.
 *
 * <p>Cost of an append: a pass of CRC-32C, a step per uncompressed record, one {@code write},
 * another one of 16 KiB for each 16 KiB appended, an index entry of 20 bytes for each {@code
 * index.interval.bytes}; two small objects. Of a read: two binary searches and one or two reads of
 * 8 KiB. Of a force: one {@code fdatasync} for all appends that wait.
 */
@NullMarked
package io.millrace.log;

import org.jspecify.annotations.NullMarked;
