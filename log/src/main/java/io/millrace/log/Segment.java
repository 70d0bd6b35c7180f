package io.millrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One segment: a file of batches and its two indexes, named by the offset it begins with.
 *
 * <p>The log's writer appends; any thread reads what {@link #size} covers. Files stay open while
 * anybody holds the segment: the log from the start until {@link #release}, a reader between {@link
 * #acquire} and its own release. The file is opened at first use, so an idle segment costs no
 * descriptor.
 */
final class Segment {

  static final String LOG_SUFFIX = ".log";
  static final String OFFSET_INDEX_SUFFIX = ".index";
  static final String TIME_INDEX_SUFFIX = ".timeindex";

  /** Behind the names of files that are to be deleted. */
  static final String DELETED_SUFFIX = ".deleted";

  static final long NO_TIMESTAMP = -1;

  private final Disk disk;
  private final Path folder;
  private final long baseOffset;
  private final OffsetIndex offsets;
  private final TimeIndex times;
  private final AtomicInteger holders = new AtomicInteger(1);

  private volatile Disk.@Nullable DiskFile file;
  private volatile int size;
  private volatile long maxTimestamp = NO_TIMESTAMP;

  /** Whether the batches may have changed since they were forced. */
  private volatile boolean dirty;

  // The writer's.
  private final TailRoom room = new TailRoom();
  private long maxTimestampOffset;
  private int bytesSinceIndex;
  private long firstAppendMillis;
  private long firstTimestamp = NO_TIMESTAMP;

  Segment(Disk disk, Path folder, long baseOffset, OffsetIndex offsets, TimeIndex times) {
    this.disk = disk;
    this.folder = folder;
    this.baseOffset = baseOffset;
    this.offsets = offsets;
    this.times = times;
    this.maxTimestampOffset = baseOffset;
  }

  /** An empty segment, its file made, indexes that are there deleted. */
  static Segment create(Disk disk, Path folder, long baseOffset, long nowMillis)
      throws IOException {
    Segment segment = blank(disk, folder, baseOffset);
    segment.file().truncate(0);
    segment.firstAppendMillis = nowMillis;
    return segment;
  }

  /**
   * The first segment of a log that is new: its file comes with its first batch, so that a log to
   * which nothing was ever written takes nothing on disk.
   */
  static Segment unwritten(Disk disk, Path folder, long nowMillis) {
    Segment segment = withoutIndex(disk, folder, 0);
    segment.firstAppendMillis = nowMillis;
    return segment;
  }

  private static Segment withoutIndex(Disk disk, Path folder, long baseOffset) {
    return new Segment(
        disk,
        folder,
        baseOffset,
        OffsetIndex.unwritten(disk, folder, baseOffset),
        TimeIndex.unwritten(disk, folder, baseOffset));
  }

  /** The segment with the batches on disk but no index, for a scan to fill. */
  static Segment blank(Disk disk, Path folder, long baseOffset) throws IOException {
    Segment segment = withoutIndex(disk, folder, baseOffset);
    segment.offsets.file().clear();
    segment.times.file().clear();
    segment.adopt(0);
    segment.dirty = true;
    return segment;
  }

  /** The segment with its indexes as they are on disk, not yet checked. */
  static Segment existing(Disk disk, Path folder, long baseOffset) throws IOException {
    Segment segment =
        new Segment(
            disk,
            folder,
            baseOffset,
            OffsetIndex.open(disk, folder, baseOffset),
            TimeIndex.open(disk, folder, baseOffset));
    long bytes = Files.size(segment.path());
    if (bytes > Integer.MAX_VALUE) {
      throw new IOException(segment + " is larger than a segment can be: " + bytes);
    }
    segment.adopt((int) bytes);
    return segment;
  }

  /** Twenty digits and a suffix, as Kafka names them. */
  static String fileName(long baseOffset, String suffix) {
    String digits = Long.toString(baseOffset);
    return "0".repeat(20 - digits.length()) + digits + suffix;
  }

  private void adopt(int bytes) throws IOException {
    size = bytes;
    Path path = path();
    if (Files.exists(path)) {
      firstAppendMillis =
          Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
              .creationTime()
              .toMillis();
    }
  }

  // ---- holding ----

  /** Holds the segment, unless the last holder is gone already. */
  boolean acquire() {
    int now = holders.get();
    while (now > 0) {
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holders.get();
    }
    return false;
  }

  /** Ends one hold; the last one closes the file and unmaps the indexes. */
  void release() {
    if (holders.decrementAndGet() > 0) {
      return;
    }
    offsets.file().close();
    times.file().close();
    Disk.DiskFile open = file;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new LogException(
            LogException.Reason.STORAGE, path() + " cannot be closed: " + e.getMessage(), e);
      }
    }
  }

  /** Opens and maps all files, so that holders can go on after the names are gone. */
  void pin() throws IOException {
    if (size > 0) {
      file();
    }
    if (offsets.file().count() > 0) {
      offsets.file().entries();
    }
    if (times.file().count() > 0) {
      times.file().entries();
    }
  }

  /** Deletes the files; holders go on reading. */
  void delete() throws IOException {
    pin();
    disk.delete(path());
    disk.delete(offsets.file().path());
    disk.delete(times.file().path());
  }

  /**
   * Takes the files out of the log by giving them other names; holders go on reading.
   *
   * @return the files, which are the caller's to delete
   */
  List<Path> retire() throws IOException {
    pin();
    List<Path> retired = new ArrayList<>();
    for (Path file : List.of(path(), offsets.file().path(), times.file().path())) {
      if (Files.exists(file)) {
        Path other = file.resolveSibling(file.getFileName() + DELETED_SUFFIX);
        disk.rename(file, other);
        retired.add(other);
      }
    }
    return retired;
  }

  // ---- the writer ----

  /**
   * Writes batches at the end, not yet to be seen: {@link #index} each of them, then {@link
   * #publish}. Fails before anything is written when an index has no room.
   */
  void write(ByteBuffer batches, int batchCount, int intervalBytes) throws IOException {
    if ((long) bytesSinceIndex + batches.remaining() > intervalBytes) {
      offsets.file().reserve(batchCount);
      times.file().reserve(batchCount + 1);
    }
    room.make(file(), size, (long) size + batches.remaining());
    file().write(batches, size);
    if (!dirty) {
      dirty = true;
    }
  }

  /** Notes one batch by its last offset, and makes an index entry where one is due. */
  void index(long lastOffset, int position, int bytes, long timestamp, int intervalBytes) {
    boolean due = bytesSinceIndex > intervalBytes;
    if (due && position > 0) {
      offsets.add((int) (lastOffset - baseOffset), position);
    }
    if (timestamp > maxTimestamp) {
      maxTimestampOffset = lastOffset;
      maxTimestamp = timestamp;
    }
    if (due) {
      times.add(maxTimestamp, (int) (maxTimestampOffset - baseOffset));
      bytesSinceIndex = 0;
    }
    bytesSinceIndex += bytes;
  }

  /** Whether an index has as many bytes as it may have, so that the next segment is begun. */
  boolean indexIsFull(int maxIndexBytes) {
    // The time index gets one more entry when the segment is closed.
    return offsets.file().count() >= maxIndexBytes / OffsetIndex.ENTRY_BYTES
        || times.file().count() + 1 >= maxIndexBytes / TimeIndex.ENTRY_BYTES;
  }

  /** Shows readers all up to {@code newSize}. */
  void publish(int newSize) {
    size = newSize;
  }

  /** Cuts off what the file has behind {@link #size}: room, or what a failed write left. */
  void cutTail() throws IOException {
    file().truncate(size);
    room.gone();
    dirty = true;
  }

  /** Ends writing: the time index gets its last entry, all files lose their spare room. */
  void seal() throws IOException {
    if (room.isLeft(size)) {
      cutTail();
    }
    if (maxTimestamp > times.lastTimestamp()) {
      times.file().reserve(1);
      times.add(maxTimestamp, (int) (maxTimestampOffset - baseOffset));
    }
    offsets.file().trim();
    times.file().trim();
  }

  /** Makes the batches durable, and the indexes too once the segment is closed. */
  void force(boolean closed) throws IOException {
    if (dirty) {
      // Before the force: what is written during it makes the segment dirty again.
      dirty = false;
      file().force();
    }
    if (closed) {
      offsets.file().force();
      times.file().force();
    }
  }

  /** For recovery: what a scan found out about the batches that are not in an index. */
  void restore(long largestTimestamp, long largestTimestampOffset) {
    maxTimestamp = largestTimestamp;
    maxTimestampOffset = largestTimestampOffset;
  }

  /** For a sealed segment: takes the largest timestamp from the time index. */
  void restoreFromIndex() {
    restore(times.lastTimestamp(), baseOffset + times.lastRelativeOffset());
  }

  /** Room for what one more scanned batch may add. */
  void reserveIndexes() throws IOException {
    offsets.file().reserve(1);
    times.file().reserve(2);
  }

  // ---- readers ----

  /** A scanner before a batch that starts at or before {@code offset}, seeing up to {@code end}. */
  BatchScanner scanFrom(long offset, int end) {
    int from = offset <= baseOffset ? 0 : offsets.floorByOffset(offset - baseOffset);
    return BatchScanner.over(channel(), this, from, end);
  }

  /** Offset from which a search for records at or after a time may begin. */
  long searchFrom(long timestamp) {
    return baseOffset + times.searchFrom(timestamp);
  }

  FileChannel channel() {
    try {
      return file().channel();
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.STORAGE, path() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private Disk.DiskFile file() throws IOException {
    Disk.DiskFile open = file;
    return open != null ? open : open();
  }

  private synchronized Disk.DiskFile open() throws IOException {
    Disk.DiskFile open = file;
    if (open == null) {
      open = disk.open(path());
      file = open;
    }
    return open;
  }

  /** Made each time: a segment that is idle does not need it. */
  Path path() {
    return folder.resolve(fileName(baseOffset, LOG_SUFFIX));
  }

  long baseOffset() {
    return baseOffset;
  }

  int size() {
    return size;
  }

  /** Largest timestamp of its batches, or {@link #NO_TIMESTAMP}. */
  long maxTimestamp() {
    return maxTimestamp;
  }

  /** Largest timestamp of its first batch, or {@link #NO_TIMESTAMP}. The writer. */
  long firstTimestamp() {
    if (firstTimestamp == NO_TIMESTAMP && size > 0) {
      BatchScanner scanner = scanFrom(baseOffset, size);
      if (scanner.next()) {
        firstTimestamp = scanner.maxTimestamp();
      }
    }
    return firstTimestamp;
  }

  long firstAppendMillis() {
    return firstAppendMillis;
  }

  void firstAppendMillis(long millis) {
    firstAppendMillis = millis;
  }

  OffsetIndex offsets() {
    return offsets;
  }

  TimeIndex times() {
    return times;
  }

  @Override
  public String toString() {
    return path().toString();
  }
}
