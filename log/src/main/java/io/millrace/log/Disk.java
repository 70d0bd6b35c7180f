package io.millrace.log;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The disk, as far as a log changes it: every write, force, rename and deletion goes through here,
 * so that a test or the simulator can fill it, break it, or cut its power. Any thread may call it.
 */
public interface Disk {

  /** Opens a file for reading and writing, making it when it does not exist. */
  DiskFile open(Path path) throws IOException;

  /** Gives a file or directory another name in one step, replacing a file that has it. */
  void rename(Path from, Path to) throws IOException;

  /** Makes a directory that does not exist. */
  void createDirectory(Path path) throws IOException;

  /** Deletes a file or an empty directory; it need not exist. */
  void delete(Path path) throws IOException;

  /** Makes a directory's own entries durable: files made, renamed and deleted in it. */
  void forceDirectory(Path directory) throws IOException;

  /** Makes the changes to a mapped region of {@code path} durable. */
  void forceMapped(MemorySegment mapped, Path path) throws IOException;

  /**
   * Something that changes whenever the machine starts, so that the end of a process can be told
   * from a loss of power; empty when it cannot be known.
   */
  String bootId();

  /** The machine's own disk. */
  static Disk system() {
    return SystemDisk.INSTANCE;
  }

  /** An open file. Its length never changes but by these methods. */
  interface DiskFile extends Closeable {

    /** For reading, mapping and zero-copy sends. */
    FileChannel channel();

    /** Writes all bytes between the buffer's position and limit, and moves the position there. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Cuts the file to the given length. */
    void truncate(long size) throws IOException;

    /** Makes content and length durable ({@code fdatasync}). */
    void force() throws IOException;
  }
}
