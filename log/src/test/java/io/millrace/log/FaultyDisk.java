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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

  private static final int PAGE_BYTES = 4096;

  private final Disk real = Disk.system();

  /** Names in each directory: as they are, as they were forced, and all states in between. */
  private final Map<Path, Map<String, Inode>> now = new HashMap<>();

  private Map<Path, Map<String, Inode>> forcedNames = new HashMap<>();
  private final List<Map<Path, Map<String, Inode>>> since = new ArrayList<>();

  /** Directories whose parent has not been forced since they were made. */
  private final Set<Path> unforcedDirectories = new HashSet<>();

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

  /** The names beside a file; what was there before this disk was made is taken as forced. */
  private Map<String, Inode> beside(Path file) throws IOException {
    Path folder = parent(file);
    Map<String, Inode> names = now.get(folder);
    if (names == null) {
      names = new TreeMap<>();
      now.put(folder, names);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> all = Files.list(folder)) {
          for (Path path : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
            Inode inode = new Inode();
            inode.forced = Files.readAllBytes(path);
            names.put(name(path), inode);
          }
        }
      }
      forcedNames.put(folder, new TreeMap<>(names));
    }
    return names;
  }

  private Map<Path, Map<String, Inode>> snapshot() {
    Map<Path, Map<String, Inode>> copy = new HashMap<>();
    now.forEach((folder, names) -> copy.put(folder, new TreeMap<>(names)));
    return copy;
  }

  private void namesChanged() {
    since.add(snapshot());
  }

  private static Path parent(Path file) {
    return java.util.Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  @Override
  public synchronized DiskFile open(Path path) throws IOException {
    Map<String, Inode> names = beside(path);
    Inode inode = names.get(name(path));
    if (inode == null) {
      change();
      inode = new Inode();
      names.put(name(path), inode);
      namesChanged();
    }
    return new FaultyFile(real.open(path), path, inode);
  }

  @Override
  public synchronized void createDirectory(Path path) throws IOException {
    change();
    real.createDirectory(path);
    unforcedDirectories.add(path.toAbsolutePath());
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    change();
    if (Files.isDirectory(from)) {
      Map<String, Inode> moved = now.remove(from.toAbsolutePath());
      if (moved != null) {
        now.put(to.toAbsolutePath(), moved);
      }
    } else {
      Inode inode = beside(from).remove(name(from));
      beside(to).put(name(to), inode == null ? new Inode() : inode);
    }
    namesChanged();
    real.rename(from, to);
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    change();
    if (Files.isDirectory(path)) {
      now.remove(path.toAbsolutePath());
    } else {
      beside(path).remove(name(path));
    }
    namesChanged();
    real.delete(path);
  }

  @Override
  public synchronized void forceDirectory(Path folder) throws IOException {
    change();
    unforcedDirectories.removeIf(each -> folder.toAbsolutePath().equals(each.getParent()));
    // Journals write names in the order of their changes, so all before this one are durable too.
    forcedNames = snapshot();
    since.clear();
  }

  @Override
  public synchronized void forceMapped(MemorySegment mapped, Path path) throws IOException {
    change();
    Inode inode = beside(path).get(name(path));
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
    int kept = random.nextInt(since.size() + 1);
    // Stricter than a journal: a directory is lost with all that is in it unless the folder that
    // it was made in has been forced.
    Set<Path> lost = new HashSet<>(unforcedDirectories);
    lost.removeIf(each -> random.nextBoolean());
    Map<Path, Map<String, Inode>> names = kept == 0 ? forcedNames : since.get(kept - 1);
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path :
          (Iterable<Path>)
              all.filter(Files::isDirectory).filter(each -> !lost.contains(each.toAbsolutePath()))
                  ::iterator) {
        Files.createDirectories(to.resolve(from.relativize(path).toString()));
      }
    }
    for (Map.Entry<Path, Map<String, Inode>> folder : names.entrySet()) {
      if (lost.contains(folder.getKey())) {
        continue;
      }
      Path target = to.resolve(from.toAbsolutePath().relativize(folder.getKey()).toString());
      Files.createDirectories(target);
      for (Map.Entry<String, Inode> entry : folder.getValue().entrySet()) {
        Path present = present(entry.getValue());
        byte[] content = present == null ? new byte[0] : Files.readAllBytes(present);
        Files.write(
            target.resolve(entry.getKey()),
            afterPowerLoss(entry.getValue().forced, content, random));
      }
    }
  }

  private @Nullable Path present(Inode inode) {
    for (Map.Entry<Path, Map<String, Inode>> folder : now.entrySet()) {
      for (Map.Entry<String, Inode> entry : folder.getValue().entrySet()) {
        if (entry.getValue() == inode) {
          return folder.getKey().resolve(entry.getKey());
        }
      }
    }
    return null;
  }

  /** What was forced, and of what was written over it since, some pages. */
  private static byte[] mixed(byte[] forced, byte[] now, Random random) {
    byte[] mixed = forced.clone();
    int common = Math.min(forced.length, now.length);
    for (int page = 0; page < common; page += PAGE_BYTES) {
      if (random.nextBoolean()) {
        System.arraycopy(now, page, mixed, page, Math.min(PAGE_BYTES, common - page));
      }
    }
    return mixed;
  }

  private static byte[] afterPowerLoss(byte @Nullable [] forced, byte[] now, Random random) {
    byte[] safe = forced == null ? new byte[0] : mixed(forced, now, random);
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
