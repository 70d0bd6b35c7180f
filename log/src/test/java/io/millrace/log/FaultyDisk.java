package io.millrace.log;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The real disk with faults: it can be full, fail to force, stop at the n-th change, and lose its
 * power. For the last it knows of every file what was forced, and of every directory which changes
 * were: what was not may or may not be there afterwards, whole, in part, as zeros or as garbage.
 */
final class FaultyDisk implements Disk {

  /** A file's content as it was forced last; null when it never was. */
  private static final class Inode {
    byte @Nullable [] forced;
  }

  /** A directory: its names as they were forced, and what happened to them since. */
  private static final class Directory {
    Map<String, Inode> forced = new TreeMap<>();
    Map<String, Inode> now = new TreeMap<>();
    List<Map<String, Inode>> since = new ArrayList<>();

    void changed() {
      since.add(new TreeMap<>(now));
    }
  }

  private final Disk real = Disk.system();
  private final Map<Path, Directory> directories = new HashMap<>();
  private final String bootId;
  private long spaceBytes = Long.MAX_VALUE;
  private long changesLeft = Long.MAX_VALUE;
  private boolean forceFails;
  private boolean stopped;
  private int forces;

  FaultyDisk(String bootId) {
    this.bootId = bootId;
  }

  /** Leaves room for so many bytes; more than that is refused as a full disk refuses it. */
  synchronized void space(long bytes) {
    spaceBytes = bytes;
  }

  synchronized void failForces(boolean fail) {
    forceFails = fail;
  }

  /** From the n-th change on nothing happens any more, as if the process had ended there. */
  synchronized void stopAfter(long changes) {
    changesLeft = changes;
  }

  /** Nothing changes from now on. */
  synchronized void stop() {
    stopped = true;
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /** How many times a file of batches was forced. */
  synchronized int forces() {
    return forces;
  }

  private void change() throws IOException {
    if (stopped || changesLeft-- <= 0) {
      stopped = true;
      throw new IOException("the process has ended");
    }
  }

  private Directory directory(Path file) {
    return directories.computeIfAbsent(parent(file), unused -> new Directory());
  }

  private static Path parent(Path file) {
    return java.util.Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  @Override
  public synchronized DiskFile open(Path path) throws IOException {
    Directory directory = directory(path);
    Inode inode = directory.now.get(name(path));
    if (inode == null) {
      change();
      inode = new Inode();
      if (Files.exists(path)) {
        inode.forced = Files.readAllBytes(path);
        directory.forced.put(name(path), inode);
      }
      directory.now.put(name(path), inode);
      directory.changed();
    }
    return new FaultyFile(real.open(path), path, inode);
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    change();
    if (Files.isDirectory(from)) {
      Directory moved = directories.remove(from.toAbsolutePath());
      if (moved != null) {
        directories.put(to.toAbsolutePath(), moved);
      }
    } else {
      Inode inode = directory(from).now.remove(name(from));
      directory(to).now.put(name(to), inode == null ? new Inode() : inode);
      directory(from).changed();
      if (!parent(from).equals(parent(to))) {
        directory(to).changed();
      }
    }
    real.rename(from, to);
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    change();
    if (Files.isDirectory(path)) {
      directories.remove(path.toAbsolutePath());
    } else {
      directory(path).now.remove(name(path));
      directory(path).changed();
    }
    real.delete(path);
  }

  @Override
  public synchronized void forceDirectory(Path folder) throws IOException {
    change();
    Directory directory =
        directories.computeIfAbsent(folder.toAbsolutePath(), unused -> new Directory());
    directory.forced = new TreeMap<>(directory.now);
    directory.since.clear();
  }

  @Override
  public synchronized void forceMapped(MemorySegment mapped, Path path) throws IOException {
    change();
    Inode inode = directory(path).now.get(name(path));
    if (inode != null) {
      inode.forced = Files.readAllBytes(path);
    }
  }

  @Override
  public String bootId() {
    return bootId;
  }

  /** What a new process finds after the old one was killed: everything as it is now. */
  synchronized void copyAfterKill(Path from, Path to) throws IOException {
    stopped = true;
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  /** What the machine finds after its power was lost at this moment. */
  synchronized void copyAfterPowerLoss(Path from, Path to, Random random) throws IOException {
    stopped = true;
    List<Path> folders;
    try (Stream<Path> all = Files.walk(from)) {
      folders = all.filter(Files::isDirectory).toList();
    }
    for (Path folder : folders) {
      Path target = to.resolve(from.relativize(folder).toString());
      Files.createDirectories(target);
      Directory directory = directories.get(folder.toAbsolutePath());
      if (directory == null) {
        continue;
      }
      int kept = random.nextInt(directory.since.size() + 1);
      Map<String, Inode> names = kept == 0 ? directory.forced : directory.since.get(kept - 1);
      for (Map.Entry<String, Inode> entry : names.entrySet()) {
        Path present = present(directory, folder, entry.getValue());
        byte[] now = present == null ? new byte[0] : Files.readAllBytes(present);
        Files.write(
            target.resolve(entry.getKey()), afterPowerLoss(entry.getValue().forced, now, random));
      }
    }
  }

  private @Nullable Path present(Directory directory, Path folder, Inode inode) {
    for (Map.Entry<String, Inode> entry : directory.now.entrySet()) {
      if (entry.getValue() == inode) {
        return folder.resolve(entry.getKey());
      }
    }
    return null;
  }

  private static byte[] afterPowerLoss(byte @Nullable [] forced, byte[] now, Random random) {
    byte[] safe = forced == null ? new byte[0] : forced;
    if (now.length <= safe.length) {
      return safe;
    }
    switch (random.nextInt(5)) {
      case 0:
        return safe;
      case 1:
        return now;
      case 2:
        return Arrays.copyOf(safe, now.length);
      case 3:
        return Arrays.copyOf(now, safe.length + random.nextInt(now.length - safe.length));
      default:
        byte[] garbage = now.clone();
        for (int i = safe.length + random.nextInt(now.length - safe.length);
            i < garbage.length;
            i++) {
          garbage[i] = (byte) random.nextInt();
        }
        return garbage;
    }
  }

  private final class FaultyFile implements DiskFile {

    private final DiskFile file;
    private final Path path;
    private final Inode inode;

    FaultyFile(DiskFile file, Path path, Inode inode) {
      this.file = file;
      this.path = path;
      this.inode = inode;
    }

    @Override
    public FileChannel channel() {
      return file.channel();
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (FaultyDisk.this) {
        change();
        if (source.remaining() > spaceBytes) {
          int room = (int) spaceBytes;
          spaceBytes = 0;
          file.write(source.slice(source.position(), room), position);
          throw new IOException("No space left on device");
        }
        if (spaceBytes != Long.MAX_VALUE) {
          spaceBytes -= source.remaining();
        }
        file.write(source, position);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (FaultyDisk.this) {
        change();
        file.truncate(size);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (FaultyDisk.this) {
        change();
        if (forceFails) {
          throw new IOException("Input/output error");
        }
        inode.forced = new byte[(int) file.channel().size()];
        ByteBuffer target = ByteBuffer.wrap(inode.forced);
        while (target.hasRemaining() && file.channel().read(target, target.position()) >= 0) {}
        if (name(path).endsWith(".log")) {
          forces++;
        }
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
