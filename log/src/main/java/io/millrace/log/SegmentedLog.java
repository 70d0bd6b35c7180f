package io.millrace.log;

import io.millrace.core.Clock;
import io.millrace.log.LogException.Reason;
import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A log as a directory of segments. The writer changes the newest one and publishes, in this order:
 * the bytes, the segment's size, the end offset. Readers go by a snapshot of the array of segments,
 * which is replaced as a whole when a segment comes or goes; there is no lock between them.
 */
final class SegmentedLog implements PartitionLog {

  private static final AtomicLongFieldUpdater<SegmentedLog> HIGH_WATERMARK =
      AtomicLongFieldUpdater.newUpdater(SegmentedLog.class, "highWatermark");

  private final FolderStore store;
  private final String name;
  private final Path folder;
  private final Disk disk;
  private final Clock clock;
  private final EpochHistory epochs;
  private final LogForce force;
  private final LogCompactor compactor;
  private final RollRule rolls;

  private volatile LogConfig config;
  private volatile Segment[] segments;
  private volatile long startOffset;
  private volatile long highWatermark;
  private volatile long endOffset;
  private volatile long cleanedOffset;

  // The writer's.
  private boolean tailIsDirty;
  private boolean rollIsDue;
  private Runnable beforeCompaction = () -> {};
  private volatile boolean closed;

  /** Whether the log's directory has been made. The writer changes it. */
  private volatile boolean onDisk;

  SegmentedLog(
      FolderStore store,
      String name,
      Path folder,
      LogConfig config,
      LogLoader.Loaded loaded,
      Checkpoint checkpoint,
      boolean onDisk) {
    this.store = store;
    this.name = name;
    this.folder = folder;
    this.disk = store.disk();
    this.clock = store.clock();
    this.config = config;
    this.onDisk = onDisk;
    this.segments = loaded.segments();
    this.epochs = loaded.epochs();
    this.endOffset = loaded.endOffset();
    this.startOffset =
        Math.min(endOffset, Math.max(checkpoint.startOffset(), segments[0].baseOffset()));
    this.highWatermark = Math.clamp(checkpoint.highWatermark(), startOffset, endOffset);
    this.cleanedOffset = Math.clamp(checkpoint.cleanedOffset(), startOffset, endOffset);
    this.force = new LogForce(this, store, checkpoint.recoveryPoint(), !loaded.asForced());
    this.compactor = new LogCompactor(store, folder);
    this.rolls = new RollRule(name);
    epochs.truncateStart(startOffset);
  }

  // ---- the writer ----

  @Override
  public AppendInfo append(ByteBuffer batches, int leaderEpoch) {
    LogConfig now = config;
    ensureOpen();
    force.ensureWritable();
    return append(batches, leaderEpoch, AppendCheck.ofProducer(batches, now, clock.millis()), now);
  }

  @Override
  public AppendInfo appendControl(ByteBuffer batch, int leaderEpoch) {
    LogConfig now = config;
    ensureOpen();
    force.ensureWritable();
    return append(batch, leaderEpoch, 1, now);
  }

  private AppendInfo append(ByteBuffer batches, int leaderEpoch, int count, LogConfig now) {
    long time = now.appendTime() ? clock.millis() : -1;
    long first = endOffset;
    long next = first;
    int end = batches.limit();
    for (int at = batches.position(); at < end; at += RecordBatchView.sizeBytes(batches, at)) {
      RecordBatchView.setBaseOffset(batches, at, next);
      RecordBatchView.setLeaderEpoch(batches, at, leaderEpoch);
      if (time >= 0) {
        RecordBatchView.stampAppendTime(batches, at, time);
      }
      next = RecordBatchView.lastOffset(batches, at) + 1;
    }
    write(batches, count, next, now);
    return new AppendInfo(first, next - 1, time);
  }

  @Override
  public AppendInfo appendReplicated(ByteBuffer batches) {
    LogConfig now = config;
    ensureOpen();
    force.ensureWritable();
    int count = AppendCheck.ofLeader(batches, endOffset);
    long first = RecordBatchView.baseOffset(batches, batches.position());
    long next = first;
    for (int at = batches.position();
        at < batches.limit();
        at += RecordBatchView.sizeBytes(batches, at)) {
      next = RecordBatchView.lastOffset(batches, at) + 1;
    }
    write(batches, count, next, now);
    return new AppendInfo(first, next - 1, -1);
  }

  /** Writes checked batches that have their offsets; all of them or none. */
  private void write(ByteBuffer batches, int count, long next, LogConfig now) {
    int from = batches.position();
    int bytes = batches.limit() - from;
    Segment active = active();
    try {
      if (active.size() > 0
          && (rollIsDue
              || rolls.isFull(active, now, bytes, next)
              || rolls.isOld(active, now, clock.millis()))) {
        active = roll();
      }
      if (tailIsDirty) {
        active.cutTail();
        tailIsDirty = false;
      }
      if (active.size() == 0) {
        if (!onDisk) {
          store.createDirectory(folder);
          onDisk = true;
        }
        active.firstAppendMillis(clock.millis());
      }
      tailIsDirty = true;
      active.write(batches, count, now.indexIntervalBytes());
      tailIsDirty = false;
      if (active.size() == 0) {
        // The write may have made the file. Before the end moves: a force to the end includes it.
        force.directoryChanged();
      }
    } catch (IOException e) {
      batches.position(from);
      cutTail(active);
      throw storage("cannot be written", e);
    }
    int position = active.size();
    for (int at = from; at < batches.limit(); ) {
      int size = RecordBatchView.sizeBytes(batches, at);
      long offset = RecordBatchView.baseOffset(batches, at);
      epochs.assign(RecordBatchView.leaderEpoch(batches, at), offset);
      active.index(
          RecordBatchView.lastOffset(batches, at),
          position,
          size,
          RecordBatchView.maxTimestamp(batches, at),
          now.indexIntervalBytes());
      position += size;
      at += size;
    }
    active.publish(position);
    endOffset = next;
    force.appended(now);
  }

  /** After a failed write: what it left must not be found by a recovery as if it were appended. */
  private void cutTail(Segment active) {
    if (!tailIsDirty) {
      return;
    }
    try {
      active.cutTail();
      tailIsDirty = false;
    } catch (IOException e) {
      // The next append tries again before it writes.
      tailIsDirty = true;
    }
  }

  private Segment roll() throws IOException {
    // If this fails half way the new file may exist: nothing may then be added to the old one.
    rollIsDue = true;
    active().seal();
    Segment fresh = Segment.create(disk, folder, endOffset, clock.millis());
    Segment[] now = segments;
    Segment[] more = Arrays.copyOf(now, now.length + 1);
    more[now.length] = fresh;
    segments = more;
    rollIsDue = false;
    force.directoryChanged();
    force.request();
    return fresh;
  }

  @Override
  public void whenDurable(long offset, DurabilityListener then) {
    force.whenDurable(offset, config.durability(), true, then);
  }

  @Override
  public void whenForced(long offset, DurabilityListener then) {
    force.whenDurable(offset, config.durability(), false, then);
  }

  @Override
  public void advanceHighWatermark(long offset) {
    long target = Math.min(offset, endOffset);
    long now = highWatermark;
    while (target > now) {
      if (HIGH_WATERMARK.compareAndSet(this, now, target)) {
        store.checkpointSoon();
        return;
      }
      now = highWatermark;
    }
  }

  @Override
  public void advanceStartOffset(long offset) {
    if (offset > highWatermark || offset < 0) {
      throw new LogException(
          Reason.OFFSET_OUT_OF_RANGE,
          name + " cannot start at " + offset + "; its high watermark is " + highWatermark);
    }
    if (offset > startOffset) {
      startOffset = offset;
      epochs.truncateStart(offset);
      store.checkpointSoon();
    }
  }

  @Override
  public void truncateTo(long offset) {
    if (offset >= endOffset) {
      return;
    }
    // No force may run meanwhile: it would take the old end for forced.
    synchronized (force.forcing()) {
      cutOff(offset);
    }
  }

  private void cutOff(long offset) {
    try {
      Truncation truncation = new Truncation(disk, folder, segments, startOffset, offset);
      long end = truncation.endOffset();
      // The recovery point must not lie past the end if the machine stops in between.
      force.truncated(end);
      store.writeCheckpoints();
      truncation.shorten(epochs, config.indexIntervalBytes());
      endOffset = end;
      highWatermark = Math.min(highWatermark, end);
      startOffset = Math.min(startOffset, end);
      cleanedOffset = Math.min(cleanedOffset, end);
      segments = truncation.deleteRest(clock.millis());
      truncation.release();
      epochs.truncateEnd(end);
      disk.forceDirectory(folder);
    } catch (IOException e) {
      throw force.fail(storage("cannot be truncated", e));
    }
  }

  @Override
  public void configure(LogConfig config) {
    this.config = config;
  }

  @Override
  public long clean(long undecidedFrom, AbortedBatches aborted) {
    ensureOpen();
    force.ensureWritable();
    LogConfig now = config;
    long millis = clock.millis();
    try {
      Segment active = active();
      if (active.size() > 0 && rolls.isOld(active, now, millis)) {
        roll();
      }
      long freed = installCompaction();
      freed +=
          deleteOldest(
              Retention.expired(segments, now, startOffset, highWatermark, endOffset, millis),
              now.fileDeleteDelay());
      if (now.cleanup() != LogConfig.Cleanup.DELETE) {
        long limit = Math.min(undecidedFrom, Math.min(highWatermark, force.forcedOffset()));
        compactor.startIfDue(segments, now, limit, cleanedOffset, aborted);
      }
      return freed;
    } catch (IOException e) {
      throw storage("cannot be cleaned", e);
    }
  }

  private long installCompaction() throws IOException {
    Compaction.Result result = compactor.takeReady(segments);
    if (result == null) {
      return 0;
    }
    long before = sizeBytes();
    beforeCompaction.run();
    try {
      // A recovery scan would take what compaction leaves out for a loss: keep it before its start.
      store.writeCheckpoints();
      segments = compactor.install(segments, result);
    } catch (IOException e) {
      // Half of the files may have moved; the next opening does the rest.
      throw force.fail(storage("cannot take the compacted segments", e));
    }
    for (Segment source : result.sources()) {
      source.release();
    }
    cleanedOffset = result.cleanedOffset();
    store.checkpointSoon();
    return before - sizeBytes();
  }

  @Override
  public void beforeCompaction(Runnable listener) {
    beforeCompaction = listener;
  }

  private long deleteOldest(int count, Duration delay) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (count == segments.length) {
      roll();
    }
    Segment[] now = segments;
    Segment[] left = Arrays.copyOfRange(now, count, now.length);
    startOffset = Math.max(startOffset, left[0].baseOffset());
    segments = left;
    epochs.truncateStart(startOffset);
    long freed = 0;
    for (int i = 0; i < count; i++) {
      freed += now[i].size();
      if (delay.isZero()) {
        now[i].delete();
      } else {
        store.deleteLater(now[i].retire(), delay);
      }
      now[i].release();
    }
    store.checkpointSoon();
    return freed;
  }

  // ---- readers ----

  @Override
  public long startOffset() {
    return startOffset;
  }

  @Override
  public long highWatermark() {
    return highWatermark;
  }

  @Override
  public long endOffset() {
    return endOffset;
  }

  @Override
  public long sizeBytes() {
    long bytes = 0;
    for (Segment segment : segments) {
      bytes += segment.size();
    }
    return bytes;
  }

  @Override
  public long cleanedOffset() {
    return cleanedOffset;
  }

  @Override
  public int lastEpoch() {
    return epochs.last();
  }

  @Override
  public LogSlice read(long offset, int maxBytes, long limitOffset) {
    while (true) {
      ensureOpen();
      long start = startOffset;
      long end = endOffset;
      if (offset < start || offset > end) {
        throw new LogException(
            Reason.OFFSET_OUT_OF_RANGE,
            name + " has no offset " + offset + "; it has those from " + start + " to " + end);
      }
      long limit = Math.min(limitOffset, end);
      if (offset >= limit) {
        return new SegmentSlice.Empty(offset);
      }
      try {
        return LogReader.read(segments, offset, maxBytes, limit);
      } catch (LogReader.StaleSnapshot changed) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public Optional<TimestampOffset> firstAtOrAfter(long timestampMillis) {
    while (true) {
      ensureOpen();
      try {
        return LogReader.firstAtOrAfter(segments, timestampMillis, startOffset, highWatermark);
      } catch (LogReader.StaleSnapshot changed) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public Optional<TimestampOffset> latestTimestamp() {
    while (true) {
      ensureOpen();
      try {
        return LogReader.latest(segments, startOffset, highWatermark);
      } catch (LogReader.StaleSnapshot changed) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public EpochEnd endOfEpoch(int leaderEpoch) {
    return epochs.endOf(leaderEpoch, endOffset);
  }

  // ---- the end ----

  @Override
  public void close() {
    if (closed) {
      return;
    }
    boolean clean = false;
    compactor.close();
    try {
      if (tailIsDirty) {
        active().cutTail();
      }
      active().seal();
      clean = force.flushForClose();
    } catch (IOException e) {
      throw storage("cannot be closed", e);
    } finally {
      closed = true;
      store.closed(this, clean);
      releaseAll();
    }
  }

  /** Lets go without keeping anything: the log is being deleted. */
  void discard() {
    closed = true;
    compactor.close();
    force.fail(new LogException(Reason.STORAGE, name + " was deleted"));
    try {
      for (Segment segment : segments) {
        segment.pin();
      }
    } catch (IOException e) {
      throw storage("cannot be opened", e);
    } finally {
      releaseAll();
    }
  }

  private void releaseAll() {
    for (Segment segment : segments) {
      segment.release();
    }
  }

  // ---- for the store and the commit thread ----

  /** Has what a recovery found forced to disk. */
  void forceSoon() {
    force.request();
  }

  String name() {
    return name;
  }

  /** Whether it has a directory; it comes with the first batch. */
  boolean isOnDisk() {
    return onDisk;
  }

  Path folder() {
    return folder;
  }

  Segment[] segments() {
    return segments;
  }

  EpochHistory epochs() {
    return epochs;
  }

  LogCompactor compactor() {
    return compactor;
  }

  Checkpoint checkpoint() {
    return new Checkpoint(startOffset, highWatermark, force.forcedOffset(), cleanedOffset);
  }

  LogException storage(String what, IOException e) {
    return new LogException(Reason.STORAGE, folder + " " + what + ": " + e.getMessage(), e);
  }

  private Segment active() {
    Segment[] now = segments;
    return now[now.length - 1];
  }

  private void ensureOpen() {
    if (closed) {
      throw new LogException(Reason.STORAGE, name + " is closed");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
