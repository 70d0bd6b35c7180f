package io.millrace.kafka.consistency;

import io.millrace.log.Disk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The machine's disk, as a process sees it that is killed: from some moment on nothing changes any
 * more, and a write of that moment has happened in part. What the operating system has by then
 * stays, forced or not, so forcing is only waiting here.
 */
final class MortalDisk implements Disk {

  private static final int LONGEST_FORCE_MICROS = 1500;

  private final Disk real = Disk.system();
  private final Random random;
  private final Runnable death;
  private long changesLeft = Long.MAX_VALUE;
  private volatile boolean dead;

  /**
   * @param death told once, on a thread that must not wait
   */
  MortalDisk(Random random, Runnable death) {
    this.random = random;
    this.death = death;
  }

  /** From now on nothing changes. */
  void die() {
    synchronized (this) {
      if (dead) {
        return;
      }
      dead = true;
    }
    death.run();
  }

  /** Dies with the change after so many. */
  synchronized void dieAfter(long changes) {
    changesLeft = changes;
  }

  boolean isDead() {
    return dead;
  }

  private static IOException gone() {
    return new IOException("the process has ended");
  }

  /** Counts a change, and fails when it is one too many. */
  private synchronized void change() throws IOException {
    if (dead) {
      throw gone();
    }
    if (--changesLeft < 0) {
      die();
      throw gone();
    }
  }

  @Override
  public DiskFile open(Path path) throws IOException {
    change();
    return new File(real.open(path));
  }

  @Override
  public synchronized void createDirectory(Path path) throws IOException {
    change();
    real.createDirectory(path);
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    change();
    real.rename(from, to);
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    change();
    real.delete(path);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    change();
  }

  @Override
  public void forceMapped(MemorySegment mapped, Path path) throws IOException {
    change();
  }

  @Override
  public String bootId() {
    return real.bootId();
  }

  private final class File implements DiskFile {
    private final DiskFile file;

    File(DiskFile file) {
      this.file = file;
    }

    @Override
    public FileChannel channel() {
      return file.channel();
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (MortalDisk.this) {
        boolean alive = !dead;
        try {
          change();
        } catch (IOException e) {
          if (alive && source.hasRemaining()) {
            int part = random.nextInt(source.remaining() + 1);
            file.write(source.slice(source.position(), part), position);
          }
          throw e;
        }
        file.write(source, position);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (MortalDisk.this) {
        change();
        file.truncate(size);
      }
    }

    @Override
    public void force() throws IOException {
      int micros;
      synchronized (MortalDisk.this) {
        change();
        micros = random.nextInt(LONGEST_FORCE_MICROS);
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
      if (dead) {
        throw gone();
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
