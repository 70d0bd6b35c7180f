package io.millrace.log;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the segments of one log, and recovers them when the last end was not a clean one.
 *
 * <p>What lies before the recovery point was forced, so it must be whole: damage there fails the
 * opening rather than lose records in silence. What lies after it is scanned. A batch that is torn
 * or fails its CRC there is cut off with all that follows, provided that it can be explained: by
 * the end of the process for the last segment, by a loss of power for any.
 */
final class LogLoader {

  /** In place of the next segment's offset when there is none. */
  private static final long LAST = Long.MAX_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

  /**
   * An opened log: its segments from oldest to newest, one at least.
   *
   * @param asForced whether the files are those that a clean end has forced, and no other
   */
  record Loaded(Segment[] segments, long endOffset, EpochHistory epochs, boolean asForced) {}

  /** How the store was left: by a clean end of this log, or else with or without power lost. */
  enum LastEnd {
    CLEAN,
    PROCESS_ENDED,
    POWER_MAY_BE_LOST
  }

  private final Disk disk;
  private final Path folder;
  private final Checkpoint checkpoint;
  private final LastEnd lastEnd;
  private final int indexIntervalBytes;
  private final EpochHistory epochs;
  private final List<Segment> loaded = new ArrayList<>();
  private long endOffset;
  private boolean scanned;

  private LogLoader(
      Disk disk, Path folder, Checkpoint checkpoint, LastEnd lastEnd, int indexIntervalBytes)
      throws IOException {
    this.disk = disk;
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.lastEnd = lastEnd;
    this.indexIntervalBytes = indexIntervalBytes;
    CompactionSwap.finish(disk, folder);
    this.epochs = EpochHistory.load(disk, folder);
  }

  /** A log of which there is nothing on disk yet, not even its folder. */
  static Loaded unwritten(Disk disk, Path folder, long nowMillis) {
    return new Loaded(
        new Segment[] {Segment.unwritten(disk, folder, nowMillis)},
        0,
        EpochHistory.none(disk, folder),
        true);
  }

  /** Loads the log in {@code folder}, which exists. */
  static Loaded load(
      Disk disk,
      Path folder,
      Checkpoint checkpoint,
      LastEnd lastEnd,
      int indexIntervalBytes,
      long nowMillis)
      throws IOException {
    LogLoader loader = new LogLoader(disk, folder, checkpoint, lastEnd, indexIntervalBytes);
    try {
      return loader.load(nowMillis);
    } catch (IOException | RuntimeException e) {
      loader.loaded.forEach(Segment::release);
      throw e;
    }
  }

  private Loaded load(long nowMillis) throws IOException {
    List<Long> bases = List.copyOf(baseOffsets());
    endOffset = checkpoint.startOffset();
    boolean cut = false;
    for (int i = 0; i < bases.size(); i++) {
      long base = bases.get(i);
      if (cut) {
        Segment.existing(disk, folder, base).delete();
        continue;
      }
      boolean last = i + 1 == bases.size();
      if (last) {
        cut = loadLast(base);
      } else {
        cut = loadClosed(base, bases.get(i + 1));
      }
    }
    if (loaded.isEmpty()) {
      loaded.add(
          endOffset == 0
              ? Segment.unwritten(disk, folder, nowMillis)
              : Segment.create(disk, folder, endOffset, nowMillis));
      scanned = endOffset > 0;
    }
    epochs.truncateEnd(endOffset);
    boolean asForced = !scanned && (lastEnd == LastEnd.CLEAN || bases.isEmpty());
    return new Loaded(loaded.toArray(Segment[]::new), endOffset, epochs, asForced);
  }

  /** The segments' names; leaves nothing behind of segments that have gone. */
  private Set<Long> baseOffsets() throws IOException {
    Set<Long> bases = new TreeSet<>();
    List<Path> indexes = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.matches("[0-9]{20}\\.log")) {
          bases.add(Long.parseLong(name.substring(0, 20)));
        } else if (name.matches("[0-9]{20}\\.(index|timeindex)")) {
          indexes.add(file);
        } else if (name.endsWith(Segment.DELETED_SUFFIX)) {
          disk.delete(file);
        }
      }
    }
    for (Path index : indexes) {
      if (!bases.contains(Long.parseLong(index.getFileName().toString().substring(0, 20)))) {
        disk.delete(index);
      }
    }
    return bases;
  }

  /** Loads a segment that another one follows; true when the log was cut off within it. */
  private boolean loadClosed(long base, long nextBase) throws IOException {
    if (lastEnd == LastEnd.CLEAN || isForced(nextBase)) {
      Segment segment = Segment.existing(disk, folder, base);
      loaded.add(segment);
      if (indexesFit(segment, nextBase)) {
        endOffset = nextBase;
        return false;
      }
      loaded.remove(segment);
      segment.release();
    }
    if (scan(base, nextBase)) {
      return true;
    }
    endOffset = nextBase;
    return false;
  }

  /** Whether a segment that ends there was forced after it was closed. */
  private boolean isForced(long nextBase) {
    // Forced up to its end it may have been while it was still open, and had room behind that.
    return lastEnd == LastEnd.POWER_MAY_BE_LOST
        ? nextBase < checkpoint.recoveryPoint()
        : nextBase <= checkpoint.recoveryPoint();
  }

  /** Loads the newest segment; true when it was cut off. */
  private boolean loadLast(long base) throws IOException {
    if (lastEnd == LastEnd.CLEAN) {
      Segment segment = Segment.existing(disk, folder, base);
      loaded.add(segment);
      if (indexesFit(segment, LAST) && tailFits(segment)) {
        return false;
      }
      loaded.remove(segment);
      segment.release();
    }
    return scan(base, LAST);
  }

  /** Whether the indexes are such as this segment can have; cheap, without reading batches. */
  private static boolean indexesFit(Segment segment, long nextBase) throws IOException {
    if (segment.size() == 0) {
      return segment.offsets().file().count() == 0 && segment.times().file().count() == 0;
    }
    long reach = Math.min(Integer.MAX_VALUE, nextBase - segment.baseOffset());
    if (segment.offsets().file().count() > 0) {
      long last = segment.offsets().readLast();
      int position = (int) last;
      int offset = (int) (last >>> 32);
      if (position <= 0 || position >= segment.size() || offset <= 0 || offset >= reach) {
        return false;
      }
    }
    int offset = segment.times().lastRelativeOffset();
    if (segment.times().lastTimestamp() <= 0 || offset < 0 || offset >= reach) {
      return false;
    }
    segment.restoreFromIndex();
    return true;
  }

  /** Walks over the batches after the last index entry; they must end where the file does. */
  private boolean tailFits(Segment segment) throws IOException {
    if (segment.size() == 0) {
      endOffset = Math.max(endOffset, segment.baseOffset());
      return true;
    }
    int from = (int) segment.offsets().readLast();
    BatchScanner scanner = BatchScanner.over(segment.channel(), segment, from, segment.size());
    try {
      while (scanner.next()) {
        segment.index(
            scanner.lastOffset(),
            scanner.position(),
            scanner.endPosition() - scanner.position(),
            scanner.maxTimestamp(),
            Integer.MAX_VALUE);
        endOffset = scanner.lastOffset() + 1;
      }
    } catch (LogException damaged) {
      return false;
    }
    return scanner.endPosition() == segment.size();
  }

  /**
   * Scans a segment whole; true when it was cut off. Where another segment follows, its batches
   * reach up to that one; only compaction leaves them shorter, and that stays before the recovery
   * point.
   */
  private boolean scan(long base, long nextBase) throws IOException {
    scanned = true;
    boolean last = nextBase == LAST;
    Segment segment = Segment.blank(disk, folder, base);
    loaded.add(segment);
    SegmentScan.Result result = SegmentScan.rebuild(segment, epochs, indexIntervalBytes);
    endOffset = result.nextOffset();
    String damage = result.damage();
    if (damage == null
        && (last
            ? endOffset < checkpoint.recoveryPoint()
            : endOffset < nextBase && nextBase > checkpoint.recoveryPoint())) {
      damage = "the file ends there";
    }
    if (damage == null) {
      if (!last) {
        segment.seal();
        if (nextBase <= checkpoint.recoveryPoint()) {
          // The next loss of power must find these indexes whole, and no later force comes by here.
          segment.force(true);
        }
      }
      return false;
    }
    boolean explained =
        switch (lastEnd) {
          case CLEAN -> false;
          case PROCESS_ENDED -> last;
          case POWER_MAY_BE_LOST -> true;
        };
    if (!explained || endOffset < checkpoint.recoveryPoint()) {
      throw new LogException(
          LogException.Reason.STORAGE,
          segment.path()
              + " is damaged at byte "
              + result.validBytes()
              + ", offset "
              + endOffset
              + ": "
              + damage
              + "; records up to offset "
              + Math.max(endOffset, checkpoint.recoveryPoint())
              + " were on disk. Restore the file, or delete the log");
    }
    LOG.warn(
        "{} is cut off at byte {}, offset {}, after an unclean end: {}",
        segment.path(),
        result.validBytes(),
        endOffset,
        damage);
    segment.cutTail();
    // Forced, or else the torn bytes could stand again after a loss of power.
    segment.force(false);
    return true;
  }
}
