package io.millrace.log;

import io.millrace.log.batch.BatchRewriter;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One round of compaction of one log: of each key the last record stays.
 *
 * <p>How: (1) the offset of each key's last record in the part not yet cleaned goes into an {@link
 * OffsetMap}; (2) all closed segments up to the end of that part are copied without the records
 * that a later one of their key has overtaken, small ones joined, into the folder {@code
 * compaction}; (3) {@link CompactionSwap} puts the copies in their place. Steps 1 and 2 take long
 * and run beside the writer, who never changes closed segments; step 3 is the writer's own.
 *
 * <p>Tombstones: one that stays is given a delete horizon the first time (KIP-534), and goes once
 * that has passed. So a reader who began at the start of the log has {@link #DELETE_RETENTION} to
 * reach it, counted from when the values before it went.
 *
 * <p>Transactions: only decided ones are here. Records of aborted ones overtake nothing and go.
 * Markers stay, so a reader who has seen the first records of a transaction always finds its end.
 *
 * <p>Batches that cannot be decoded and records without a key are kept.
 */
final class Compaction {

  /** How long tombstones stay after the round that removed what they delete. */
  static final Duration DELETE_RETENTION = Duration.ofHours(24);

  /** A round begins when this part of the closed segments' bytes is new. */
  private static final double MIN_DIRTY_RATIO = 0.5;

  /** Room for some 700,000 keys; what does not fit is left for the next round. */
  private static final int MAP_BYTES = 32 * 1024 * 1024;

  /** What a round has made: copies, each of one or more segments, ready to take their place. */
  record Result(List<Segment> sources, List<Copy> copies, long cleanedOffset) {}

  /** A copy in the folder {@code compaction}, and how many sources it stands for. */
  record Copy(long baseOffset, int sources) {}

  private final Disk disk;
  private final Path folder;
  private final LogConfig config;
  private final long nowMillis;
  private final AbortedBatches aborted;
  private final BooleanSupplier cancelled;
  private final OffsetMap map;
  private final BatchRewriter rewriter = new BatchRewriter();
  private long mapEnd;

  private Compaction(
      Disk disk,
      Path folder,
      LogConfig config,
      long nowMillis,
      int mapBytes,
      AbortedBatches aborted,
      BooleanSupplier cancelled) {
    this.aborted = aborted;
    this.disk = disk;
    this.folder = folder;
    this.config = config;
    this.nowMillis = nowMillis;
    this.cancelled = cancelled;
    this.map = new OffsetMap(mapBytes);
  }

  /** How many of the segments, from the oldest, may be compacted: closed ones before a limit. */
  static int closed(Segment[] segments, long limitOffset) {
    int count = 0;
    while (count + 1 < segments.length && segments[count + 1].baseOffset() <= limitOffset) {
      count++;
    }
    return count;
  }

  /** Whether there is enough that is new. */
  static boolean isDue(Segment[] segments, int closed, long cleanedOffset) {
    long all = 0;
    long dirty = 0;
    for (int i = 0; i < closed; i++) {
      all += segments[i].size();
      if (segments[i + 1].baseOffset() > cleanedOffset) {
        dirty += segments[i].size();
      }
    }
    return dirty > 0 && dirty >= all * MIN_DIRTY_RATIO;
  }

  /**
   * Makes the copies, forced to disk; null when cancelled. The caller holds the closed segments.
   *
   * @param segments the log's, of which the first {@code closed} are taken
   */
  static @Nullable Result prepare(
      Disk disk,
      Path folder,
      LogConfig config,
      Segment[] segments,
      int closed,
      long cleanedOffset,
      long nowMillis,
      AbortedBatches aborted,
      BooleanSupplier cancelled)
      throws IOException {
    return new Compaction(disk, folder, config, nowMillis, MAP_BYTES, aborted, cancelled)
        .run(segments, closed, cleanedOffset);
  }

  /** As above, with a bound of its own for the map. */
  static @Nullable Result prepare(
      Disk disk,
      Path folder,
      LogConfig config,
      Segment[] segments,
      int closed,
      long cleanedOffset,
      long nowMillis,
      int mapBytes,
      BooleanSupplier cancelled)
      throws IOException {
    return new Compaction(disk, folder, config, nowMillis, mapBytes, AbortedBatches.NONE, cancelled)
        .run(segments, closed, cleanedOffset);
  }

  private @Nullable Result run(Segment[] segments, int closed, long cleanedOffset)
      throws IOException {
    CompactionSwap.prepareFolder(disk, folder);
    mapEnd = segments[closed].baseOffset();
    try (RecordCursor cursor = RecordCursor.create()) {
      if (!fillMap(segments, closed, cleanedOffset, cursor)) {
        return null;
      }
      List<Segment> sources = new ArrayList<>();
      List<Copy> copies = new ArrayList<>();
      int from = 0;
      while (from < closed && segments[from].baseOffset() < mapEnd) {
        int to = groupEnd(segments, from, closed);
        if (!copy(segments, from, to, cursor)) {
          return null;
        }
        sources.addAll(List.of(segments).subList(from, to));
        copies.add(new Copy(segments[from].baseOffset(), to - from));
        from = to;
      }
      disk.forceDirectory(CompactionSwap.folder(folder));
      return new Result(sources, copies, mapEnd);
    }
  }

  /** Step 1; false when cancelled. */
  private boolean fillMap(Segment[] segments, int closed, long cleanedOffset, RecordCursor cursor)
      throws IOException {
    for (int i = 0; i < closed; i++) {
      if (segments[i + 1].baseOffset() <= cleanedOffset) {
        continue;
      }
      BatchReader batches = new BatchReader(segments[i]);
      while (batches.next()) {
        if (cancelled.getAsBoolean()) {
          return false;
        }
        long base = RecordBatchView.baseOffset(batches.buffer(), batches.at());
        if (isAborted(batches)) {
          continue;
        }
        if (!addToMap(batches.batch(), cleanedOffset, cursor)) {
          // Begun anew with this batch in the next round, unless it alone is too much.
          boolean first = base <= cleanedOffset;
          mapEnd = first ? RecordBatchView.lastOffset(batches.buffer(), batches.at()) + 1 : base;
          return true;
        }
      }
    }
    return true;
  }

  private boolean addToMap(ByteBuffer batch, long from, RecordCursor cursor) {
    try {
      cursor.reset(batch, from);
      while (cursor.next()) {
        if (cursor.keyLength() >= 0 && !map.put(cursor, cursor.offset())) {
          return false;
        }
      }
    } catch (LogException undecodable) {
      return true;
    }
    return true;
  }

  /** Joins segments as long as their bytes fit into one, and their offsets too. */
  private int groupEnd(Segment[] segments, int from, int closed) {
    long bytes = segments[from].size();
    int to = from + 1;
    while (to < closed
        && segments[to].baseOffset() < mapEnd
        && bytes + segments[to].size() <= config.segmentBytes()
        && segments[to + 1].baseOffset() - segments[from].baseOffset() <= Integer.MAX_VALUE) {
      bytes += segments[to].size();
      to++;
    }
    return to;
  }

  /** Step 2 for one group; false when cancelled. */
  private boolean copy(Segment[] segments, int from, int to, RecordCursor cursor)
      throws IOException {
    Segment target =
        Segment.create(disk, CompactionSwap.folder(folder), segments[from].baseOffset(), nowMillis);
    try {
      for (int i = from; i < to; i++) {
        BatchReader batches = new BatchReader(segments[i]);
        while (batches.next()) {
          if (cancelled.getAsBoolean()) {
            return false;
          }
          ByteBuffer kept = filter(batches, cursor);
          if (kept != null) {
            append(target, kept);
          }
        }
      }
      target.seal();
      target.force(true);
      return true;
    } finally {
      target.release();
    }
  }

  private void append(Segment target, ByteBuffer batch) throws IOException {
    int at = batch.position();
    int size = batch.remaining();
    long lastOffset = RecordBatchView.lastOffset(batch, at);
    long timestamp = RecordBatchView.maxTimestamp(batch, at);
    target.write(batch, 1, config.indexIntervalBytes());
    target.index(lastOffset, target.size(), size, timestamp, config.indexIntervalBytes());
    target.publish(target.size() + size);
  }

  /** What stays of a batch: the same bytes, a smaller batch, or null. */
  private @Nullable ByteBuffer filter(BatchReader batches, RecordCursor cursor) {
    ByteBuffer buffer = batches.buffer();
    int at = batches.at();
    if (RecordBatchView.isControl(buffer, at) || RecordBatchView.lastOffset(buffer, at) >= mapEnd) {
      return batches.batch();
    }
    if (isAborted(batches)) {
      return null;
    }
    try {
      boolean hadHorizon = RecordBatchView.hasDeleteHorizon(buffer, at);
      boolean horizonPassed = hadHorizon && RecordBatchView.baseTimestamp(buffer, at) <= nowMillis;
      int all = 0;
      int kept = 0;
      boolean tombstones = false;
      cursor.reset(batches.batch(), 0);
      while (cursor.next()) {
        all++;
        if (stays(cursor, horizonPassed)) {
          kept++;
          tombstones |= cursor.valueLength() < 0 && cursor.keyLength() >= 0;
        }
      }
      boolean mark = tombstones && !hadHorizon;
      if (kept == 0) {
        return null;
      }
      if (kept == all && !mark) {
        return batches.batch();
      }
      rewriter.start(buffer, at);
      if (mark) {
        rewriter.deleteHorizon(nowMillis + DELETE_RETENTION.toMillis());
      }
      cursor.reset(batches.batch(), 0);
      while (cursor.next()) {
        if (stays(cursor, horizonPassed)) {
          rewriter.keep(cursor);
        }
      }
      return rewriter.finish();
    } catch (LogException undecodable) {
      return batches.batch();
    }
  }

  private boolean isAborted(BatchReader batches) {
    ByteBuffer buffer = batches.buffer();
    int at = batches.at();
    return RecordBatchView.isTransactional(buffer, at)
        && !RecordBatchView.isControl(buffer, at)
        && aborted.contains(
            RecordBatchView.producerId(buffer, at), RecordBatchView.baseOffset(buffer, at));
  }

  private boolean stays(RecordCursor record, boolean horizonPassed) {
    if (record.keyLength() < 0) {
      return true;
    }
    if (record.offset() < map.get(record)) {
      return false;
    }
    return record.valueLength() >= 0 || !horizonPassed;
  }
}
