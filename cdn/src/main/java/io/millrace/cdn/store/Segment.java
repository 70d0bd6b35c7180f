package io.millrace.cdn.store;

import io.netty.channel.FileRegion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of the store: objects one after the other, or a single large one. It is written by the
 * store's thread and read by any. Counted: the store holds it once until it {@link #retire}s it,
 * and so does everybody who reads; the last one closes the file.
 */
final class Segment {

  private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

  private final int id;
  private volatile Path path;
  private final FileChannel channel;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Bytes of it that are in use, from its start; the store's thread alone changes it. */
  private volatile long size;

  Segment(int id, Path path, FileChannel channel, long size) {
    this.id = id;
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  int id() {
    return id;
  }

  FileChannel channel() {
    return channel;
  }

  long size() {
    return size;
  }

  /** Takes a hold, unless the last one is gone. */
  boolean retain() {
    int now = holders.get();
    while (now > 0) {
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holders.get();
    }
    return false;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warn("Closing {} failed: {}", path, e.getMessage());
      }
    }
  }

  void rename(Path to) throws IOException {
    Files.move(path, to);
    path = to;
  }

  /** Deletes the file, which those who read it now read to the end. Not undone. */
  void retire() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("Deleting {} failed: {}", path, e.getMessage());
    }
    release();
  }

  /** A part of the file for a socket; the caller has a hold on the segment. */
  FileRegion region(long position, long bytes) {
    if (!retain()) {
      throw new IllegalStateException("the segment has been given up");
    }
    return new DiskBody.Region(this, position, bytes);
  }

  /** Fills a buffer. */
  void read(long position, ByteBuffer into) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new EOFException(path + " ends before " + (at + into.remaining()));
      }
      at += read;
    }
  }

  /** Writes all of a buffer at a place of its own, which {@link #extend} then makes part of it. */
  void write(long position, ByteBuffer from) throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  /** The file is in use up to here. */
  void extend(long newSize) {
    size = newSize;
  }
}
