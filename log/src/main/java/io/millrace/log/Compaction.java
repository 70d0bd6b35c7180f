package io.millrace.log;

import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
 * compaction}: {@link BatchFilter} says what stays; (3) {@link CompactionSwap} puts the copies in
 * their place. Steps 1 and 2 take long and run beside the writer, who never changes closed
 * segments; step 3 is the writer's own.
 *
 * <p>Transactions: only decided ones are here. Records of aborted ones overtake nothing and go.
 */
final class Compaction {

  /** What a round has made: copies, each of one or more segments, ready to take their place. */
  record Result(List<Segment> sources, List<Copy> copies, long cleanedOffset) {}

  /** A copy in the folder {@code compaction}, and how many sources it stands for. */
  record Copy(long baseOffset, int sources) {}

  private final Disk disk;
  private final Path folder;
  private final LogConfig config;
  private final long nowMillis;
  private final AbortedBatches aborted;
  private final IoThrottle throttle;
  private final BooleanSupplier cancelled;
  private final OffsetMap map;
  private long mapEnd;

  /**
   * @param mapBytes bound of the map; keys that do not fit are left for the next round
   * @param aborted finds the records that no reader wants
   * @param cancelled asked often; once true the round ends with nothing made
   */
  Compaction(
      Disk disk,
      Path folder,
      LogConfig config,
      long nowMillis,
      int mapBytes,
      AbortedBatches aborted,
      IoThrottle throttle,
      BooleanSupplier cancelled) {
    this.aborted = aborted;
    this.disk = disk;
    this.folder = folder;
    this.config = config;
    this.nowMillis = nowMillis;
    this.throttle = throttle;
    this.cancelled = cancelled;
    this.map = new OffsetMap(mapBytes);
  }

  /**
   * Makes the copies, forced to disk; null when cancelled. The caller holds the closed segments.
   *
   * @param segments the log's, of which the first {@code closed} are taken
   */
  @Nullable Result run(Segment[] segments, int closed, long cleanedOffset) throws IOException {
    CompactionSwap.prepareFolder(disk, folder);
    mapEnd = segments[closed].baseOffset();
    try (RecordCursor cursor = RecordCursor.create()) {
      if (!fillMap(segments, closed, cleanedOffset, cursor)) {
        return null;
      }
      BatchFilter filter = new BatchFilter(map, aborted, nowMillis, config.compaction(), cursor);
      List<Segment> sources = new ArrayList<>();
      List<Copy> copies = new ArrayList<>();
      int from = 0;
      while (from < closed && segments[from].baseOffset() < mapEnd) {
        int to = groupEnd(segments, from, closed);
        if (!copy(segments, from, to, filter)) {
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
        throttle.take(batches.size(), cancelled);
        long base = RecordBatchView.baseOffset(batches.buffer(), batches.at());
        if (BatchFilter.isAborted(batches.buffer(), batches.at(), aborted)) {
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
  private boolean copy(Segment[] segments, int from, int to, BatchFilter filter)
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
          ByteBuffer kept = kept(batches, filter);
          throttle.take(batches.size() + (kept == null ? 0 : kept.remaining()), cancelled);
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

  private @Nullable ByteBuffer kept(BatchReader batches, BatchFilter filter) {
    // What the map does not reach is looked at in the next round.
    return RecordBatchView.lastOffset(batches.buffer(), batches.at()) >= mapEnd
        ? batches.batch()
        : filter.filter(batches);
  }
}
