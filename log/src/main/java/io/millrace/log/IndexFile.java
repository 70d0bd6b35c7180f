package io.millrace.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of entries of one size, appended in order and mapped into memory. One thread writes, any
 * number read; readers see {@link #count} entries, which are complete.
 *
 * <p>It takes nothing until the first entry: no file, no mapping. Then it grows by a factor, and
 * each growth writes zeros before it maps them: a store into a mapped hole of a full disk would end
 * in SIGBUS, a write ends in an IOException. Former, smaller mappings of the file stay until {@link
 * #close}, so a reader never meets a mapping that has gone. No file descriptor is kept.
 */
final class IndexFile {

  private static final int FIRST_BYTES = 4096;
  private static final int GROWTH = 4;
  private static final int ZEROS_BYTES = 64 * 1024;

  private final Disk disk;
  private final Path folder;
  private final long baseOffset;
  private final String suffix;
  private final int entryBytes;

  private @Nullable Arena arena;
  private volatile @Nullable MemorySegment mapped;
  private volatile int count;

  /** Whether the file may have changed since it was forced. */
  private volatile boolean dirty;

  /** Entries that fit the file as it is. */
  private int capacity;

  /** Whether growing failed half way, so that the file is longer than its capacity says. */
  private boolean stretched;

  private IndexFile(
      Disk disk, Path folder, long baseOffset, String suffix, int entryBytes, int count) {
    this.disk = disk;
    this.folder = folder;
    this.baseOffset = baseOffset;
    this.suffix = suffix;
    this.entryBytes = entryBytes;
    this.count = count;
    this.capacity = count;
  }

  /** An index with no entry, of which there is no file. */
  static IndexFile unwritten(
      Disk disk, Path folder, long baseOffset, String suffix, int entryBytes) {
    return new IndexFile(disk, folder, baseOffset, suffix, entryBytes, 0);
  }

  /** Deletes a file that is there, before the first entry. */
  void clear() throws IOException {
    disk.delete(path());
    dirty = true;
  }

  /** The index as it is on disk; a part of an entry at its end is not seen. */
  static IndexFile open(Disk disk, Path folder, long baseOffset, String suffix, int entryBytes)
      throws IOException {
    Path path = folder.resolve(Segment.fileName(baseOffset, suffix));
    long size = Files.exists(path) ? Files.size(path) : 0;
    return new IndexFile(
        disk, folder, baseOffset, suffix, entryBytes, (int) Math.min(1 << 30, size / entryBytes));
  }

  int count() {
    return count;
  }

  /** The mapped entries, for reading the first {@link #count} of them; any thread. */
  MemorySegment entries() {
    MemorySegment present = mapped;
    return present != null ? present : map();
  }

  private synchronized MemorySegment map() {
    MemorySegment present = mapped;
    if (present != null) {
      return present;
    }
    try (Disk.DiskFile file = disk.open(path())) {
      return map(file, (long) capacity * entryBytes);
    } catch (IOException e) {
      throw storage("cannot be mapped", e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // Closed by close().
  private MemorySegment map(Disk.DiskFile file, long bytes) throws IOException {
    Arena scope = arena;
    if (scope == null) {
      scope = Arena.ofShared();
      arena = scope;
    }
    MemorySegment fresh = file.channel().map(FileChannel.MapMode.READ_WRITE, 0, bytes, scope);
    mapped = fresh;
    return fresh;
  }

  /** The last entry as it is on disk, without mapping the file; null when there is none. */
  @Nullable ByteBuffer readLast() throws IOException {
    if (count == 0) {
      return null;
    }
    ByteBuffer entry = ByteBuffer.allocate(entryBytes);
    long at = (long) (count - 1) * entryBytes;
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.READ)) {
      while (entry.hasRemaining() && channel.read(entry, at + entry.position()) >= 0) {}
    }
    return entry.flip();
  }

  /** Makes room for more entries; the writer calls it before it writes what they point to. */
  void reserve(int more) throws IOException {
    if (count + more > capacity) {
      grow(more);
    }
  }

  private synchronized void grow(int more) throws IOException {
    long bytes = (long) capacity * entryBytes;
    long wanted = Math.max(FIRST_BYTES, bytes * GROWTH);
    while (wanted / entryBytes < count + more) {
      wanted *= GROWTH;
    }
    stretched = true;
    dirty = true;
    try (Disk.DiskFile file = disk.open(path())) {
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(ZEROS_BYTES, wanted - bytes));
      for (long at = bytes; at < wanted; at += zeros.limit()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), wanted - at));
        file.write(zeros, at);
      }
      map(file, wanted);
    }
    capacity = (int) (wanted / entryBytes);
    stretched = false;
  }

  /** Where the writer puts the next entry, after {@link #reserve}. */
  long nextAt() {
    return (long) count * entryBytes;
  }

  /** Shows the entry at {@link #nextAt} to readers. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // There is one writer.
  void publish() {
    dirty = true;
    count = count + 1;
  }

  /** Cuts the file to the entries that are used; the writer, once nothing more will be added. */
  void trim() throws IOException {
    if (capacity == count && !stretched) {
      return;
    }
    if (count == 0) {
      disk.delete(path());
    } else {
      try (Disk.DiskFile file = disk.open(path())) {
        file.truncate((long) count * entryBytes);
      }
      dirty = true;
    }
    capacity = count;
    stretched = false;
  }

  /** Makes the entries durable; once nothing more is added, or nobody counts on those. */
  void force() throws IOException {
    if (!dirty) {
      return;
    }
    dirty = false;
    if (count > 0) {
      disk.forceMapped(entries().asSlice(0, (long) count * entryBytes), path());
    }
  }

  /** Unmaps; no reader may be inside or come after. */
  synchronized void close() {
    Arena scope = arena;
    arena = null;
    mapped = null;
    if (scope != null) {
      scope.close();
    }
  }

  /** Made each time: most indexes never have a file. */
  Path path() {
    return folder.resolve(Segment.fileName(baseOffset, suffix));
  }

  private LogException storage(String what, IOException e) {
    return new LogException(
        LogException.Reason.STORAGE, path() + " " + what + ": " + e.getMessage(), e);
  }
}
