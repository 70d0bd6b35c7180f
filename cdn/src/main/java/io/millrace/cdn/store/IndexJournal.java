package io.millrace.cdn.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/**
 * The index on disk: every change to it, one after the other, in entries of {@value #ENTRY_BYTES}
 * bytes with a checksum each. Written anew from the index when most of it is of the past. Confined
 * to the store's thread.
 *
 * <pre>
 *   header  "MRCI", version
 *   entry   high, low, location (8 bytes each), units (4), kind (4), CRC-32C of these (4)
 * </pre>
 *
 * Reading ends at the first entry that is torn; the file is cut there.
 */
final class IndexJournal implements AutoCloseable {

  private static final int MAGIC = 0x4d524349;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 8;
  private static final int ENTRY_BYTES = 36;
  private static final int BUFFERED_ENTRIES = 2048;
  private static final int SPARED_ENTRIES = 50_000;

  private static final int PUT = 1;
  private static final int REMOVE = 2;

  private final Path path;
  private final DiskChannels channels;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFERED_ENTRIES * ENTRY_BYTES);
  private FileChannel channel;
  private long end;
  private long entries;

  private IndexJournal(Path path, DiskChannels channels, FileChannel channel) {
    this.path = path;
    this.channels = channels;
    this.channel = channel;
  }

  /** Opens a journal, and puts what it holds into an empty index. One that is not ours is lost. */
  static IndexJournal open(Path path, DiskChannels channels, DiskIndex index) throws IOException {
    IndexJournal journal = new IndexJournal(path, channels, channels.open(path));
    journal.replay(index);
    return journal;
  }

  private void replay(DiskIndex index) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    boolean ours =
        channel.read(header, 0) == HEADER_BYTES
            && header.getInt(0) == MAGIC
            && header.getInt(4) == VERSION;
    if (!ours) {
      start(channel);
      return;
    }
    end = HEADER_BYTES;
    while (true) {
      buffer.clear();
      int read = channel.read(buffer, end);
      buffer.flip();
      while (buffer.remaining() >= ENTRY_BYTES) {
        if (!replayed(buffer, index)) {
          channel.truncate(end);
          buffer.clear();
          return;
        }
        end += ENTRY_BYTES;
        entries++;
      }
      if (read < ENTRY_BYTES) {
        channel.truncate(end);
        buffer.clear();
        return;
      }
    }
  }

  private boolean replayed(ByteBuffer from, DiskIndex index) {
    int at = from.position();
    crc.reset();
    crc.update(from.slice(at, ENTRY_BYTES - 4));
    long high = from.getLong();
    long low = from.getLong();
    long location = from.getLong();
    int units = from.getInt();
    int kind = from.getInt();
    if (from.getInt() != (int) crc.getValue()) {
      return false;
    }
    switch (kind) {
      case PUT -> index.put(high, low, location, units);
      case REMOVE -> index.removeAll(new ObjectKey(high, low));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void start(FileChannel fresh) throws IOException {
    fresh.truncate(0);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(MAGIC).putInt(VERSION).flip();
    fresh.write(header, 0);
    end = HEADER_BYTES;
    entries = 0;
  }

  void put(long high, long low, long location, int units) throws IOException {
    append(high, low, Location.plain(location), units, PUT);
  }

  void removeAll(ObjectKey key) throws IOException {
    append(key.high(), key.low(), 0, 0, REMOVE);
  }

  /** Begins anew. */
  void clear() throws IOException {
    buffer.clear();
    start(channel);
  }

  private void append(long high, long low, long location, int units, int kind) throws IOException {
    if (buffer.remaining() < ENTRY_BYTES) {
      flush();
    }
    int at = buffer.position();
    buffer.putLong(high).putLong(low).putLong(location).putInt(units).putInt(kind);
    crc.reset();
    crc.update(buffer.slice(at, ENTRY_BYTES - 4));
    buffer.putInt((int) crc.getValue());
    entries++;
  }

  /** Writes what is buffered; what is refused stays for the next time. */
  void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        end += channel.write(buffer, end);
      }
    } finally {
      buffer.compact();
    }
  }

  /** Has the disk itself take what was flushed. */
  void force() throws IOException {
    channel.force(false);
  }

  /** Writes the file anew if more than half of it is of the past. */
  void shrink(DiskIndex index) throws IOException {
    if (entries <= 2 * index.size() + SPARED_ENTRIES) {
      return;
    }
    flush();
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    FileChannel former = channel;
    long formerEnd = end;
    long formerEntries = entries;
    FileChannel next = channels.open(fresh);
    try {
      channel = next;
      start(next);
      index.forEach(
          (high, low, location, units) -> {
            try {
              put(high, low, location, units);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      flush();
      force();
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      former.close();
    } catch (IOException | UncheckedIOException e) {
      buffer.clear();
      channel = former;
      end = formerEnd;
      entries = formerEntries;
      next.close();
      Files.deleteIfExists(fresh);
      throw e instanceof IOException io ? io : ((UncheckedIOException) e).getCause();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
      force();
    } finally {
      channel.close();
    }
  }
}
