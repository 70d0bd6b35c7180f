package io.millrace.log;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store over a folder. Beside the logs' directories it holds four small files. */
final class FolderStore implements LogStore {

  private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

  private static final String LOCK = ".lock";
  private static final String CLEAN = ".clean-shutdown";
  private static final String BOOT = ".boot";
  private static final String CHECKPOINTS = "checkpoints";

  /** In front of the names of logs that are being deleted; no log's name can begin with it. */
  private static final String DELETED = "~";

  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,254}");
  private static final long CHECKPOINT_NANOS = 5_000_000_000L;

  private final Path folder;
  private final Clock clock;
  private final Disk disk;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final boolean powerMayBeLost;
  private final CommitThreads commits;
  private volatile CompactionLimits compactionLimits;
  private final IoThrottle compactionThrottle;
  private final ThreadPoolExecutor compactions;
  private final Map<String, SegmentedLog> logs = new ConcurrentHashMap<>();
  private final AtomicBoolean checkpointScheduled = new AtomicBoolean();

  // Guarded by this: the logs that are not open.
  private final Map<String, Checkpoint> checkpoints = new HashMap<>();
  private final Set<String> closedClean = new HashSet<>();
  private boolean closed;

  /** Whether the file of checkpoints tells of logs that have gone without being deleted. */
  private volatile boolean checkpointsAreStale;

  /** Whether directories have come since the folder was forced. */
  private volatile boolean folderChanged;

  private final Object folderForcing = new Object();

  private FolderStore(
      Path folder,
      Clock clock,
      Disk disk,
      CompactionLimits compactionLimits,
      FileChannel lockFile,
      FileLock lock)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.disk = disk;
    this.lockFile = lockFile;
    this.lock = lock;
    deleteLeftovers();
    for (String line : CheckpointFile.read(folder.resolve(CHECKPOINTS))) {
      String[] fields = line.split(" ");
      Checkpoint checkpoint = Checkpoint.parse(fields);
      if (checkpoint != null) {
        checkpoints.put(fields[0], checkpoint);
      }
    }
    String boot = disk.bootId();
    List<String> lastBoot = CheckpointFile.read(folder.resolve(BOOT));
    this.powerMayBeLost = boot.isEmpty() || !lastBoot.equals(List.of(boot));
    if (powerMayBeLost) {
      CheckpointFile.write(disk, folder.resolve(BOOT), List.of(boot));
    }
    Path clean = folder.resolve(CLEAN);
    closedClean.addAll(CheckpointFile.read(clean));
    disk.delete(clean);
    disk.forceDirectory(folder);
    this.commits = new CommitThreads(clock, "log-commit");
    this.compactionLimits = compactionLimits;
    this.compactionThrottle = new IoThrottle(clock, compactionLimits.bytesPerSecond());
    this.compactions =
        new ThreadPoolExecutor(
            compactionLimits.threads(),
            compactionLimits.threads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("log-compaction").factory());
    compactions.allowCoreThreadTimeOut(true);
  }

  static FolderStore open(Path folder, Clock clock, Disk disk, CompactionLimits compaction) {
    FileChannel lockFile = null;
    try {
      Files.createDirectories(folder);
      lockFile =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw new SettingException(
            "data",
            "is the folder " + folder + ", which another process uses",
            "a folder of this process's own");
      }
      return new FolderStore(folder, clock, disk, compaction, lockFile, lock);
    } catch (IOException e) {
      close(lockFile);
      throw new SettingException(
          "data",
          "is the folder " + folder + ", which cannot be used: " + e.getMessage(),
          "a folder that this process may write to");
    } catch (RuntimeException e) {
      close(lockFile);
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void close(@Nullable FileChannel file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("A lock file cannot be closed", e);
      }
    }
  }

  @Override
  public Collection<String> existing() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (NAME.matcher(name).matches()) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw storage(folder + " cannot be read", e);
    }
    return names;
  }

  @Override
  public synchronized PartitionLog open(String name, LogConfig config) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a log cannot be named \"" + name + "\"; allowed: 1 to 254 of A-Z a-z 0-9 . _ -");
    }
    if (closed || logs.containsKey(name)) {
      throw new IllegalStateException(closed ? folder + " is closed" : name + " is open already");
    }
    Path path = folder.resolve(name);
    if (!Files.isDirectory(path)) {
      return openNew(name, path, config);
    }
    Checkpoint checkpoint = checkpoints.getOrDefault(name, Checkpoint.NONE);
    LogLoader.LastEnd lastEnd =
        closedClean.contains(name)
            ? LogLoader.LastEnd.CLEAN
            : powerMayBeLost
                ? LogLoader.LastEnd.POWER_MAY_BE_LOST
                : LogLoader.LastEnd.PROCESS_ENDED;
    try {
      LogLoader.Loaded loaded =
          LogLoader.load(
              disk, path, checkpoint, lastEnd, config.indexIntervalBytes(), clock.millis());
      SegmentedLog log = new SegmentedLog(this, name, path, config, loaded, checkpoint, true);
      logs.put(name, log);
      checkpoints.remove(name);
      closedClean.remove(name);
      if (loaded.endOffset() > checkpoint.recoveryPoint()) {
        log.forceSoon();
      }
      return log;
    } catch (IOException e) {
      throw storage(path + " cannot be opened", e);
    }
  }

  /** The log's directory comes with its first batch: most of many logs may never get one. */
  private SegmentedLog openNew(String name, Path path, LogConfig config) {
    if (Files.exists(path)) {
      throw storage(path + " cannot be opened", new IOException("it is no directory"));
    }
    if (checkpoints.remove(name) != null) {
      LOG.warn("The directory of {} has gone with all its records; it begins anew", name);
      checkpointsAreStale = true;
    }
    closedClean.remove(name);
    SegmentedLog log =
        new SegmentedLog(
            this,
            name,
            path,
            config,
            LogLoader.unwritten(disk, path, clock.millis()),
            Checkpoint.NONE,
            false);
    logs.put(name, log);
    return log;
  }

  @Override
  public synchronized void delete(Collection<String> names) {
    List<String> present = new ArrayList<>();
    for (String name : names) {
      SegmentedLog log = logs.remove(name);
      if (log != null) {
        log.discard();
      }
      checkpoints.remove(name);
      closedClean.remove(name);
      if (exists(name)) {
        present.add(name);
      }
    }
    if (present.isEmpty()) {
      return;
    }
    try {
      // Before a log of the same name can begin: it must not inherit the recovery point.
      writeCheckpoints();
      for (String name : present) {
        Path going = folder.resolve(DELETED + name);
        deleteAll(going);
        disk.rename(folder.resolve(name), going);
      }
      disk.forceDirectory(folder);
      for (String name : present) {
        deleteAll(folder.resolve(DELETED + name));
      }
    } catch (IOException e) {
      throw storage(
          (present.size() == 1 ? present.getFirst() : present.size() + " logs")
              + " cannot be deleted from "
              + folder,
          e);
    }
  }

  @Override
  public boolean exists(String name) {
    return NAME.matcher(name).matches() && Files.isDirectory(folder.resolve(name));
  }

  private void deleteLeftovers() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, DELETED + "*")) {
      for (Path entry : entries) {
        deleteAll(entry);
      }
    }
  }

  private void deleteAll(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isDirectory(file)) {
          deleteAll(file);
        } else {
          disk.delete(file);
        }
      }
    }
    disk.delete(directory);
  }

  @Override
  public CompactionLimits compactionLimits() {
    return compactionLimits;
  }

  @Override
  public synchronized void limitCompaction(CompactionLimits limits) {
    compactionLimits = limits;
    compactionThrottle.limit(limits.bytesPerSecond());
    // In an order in which the one never passes the other.
    if (limits.threads() > compactions.getMaximumPoolSize()) {
      compactions.setMaximumPoolSize(limits.threads());
      compactions.setCorePoolSize(limits.threads());
    } else {
      compactions.setCorePoolSize(limits.threads());
      compactions.setMaximumPoolSize(limits.threads());
    }
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    RuntimeException failure = null;
    for (SegmentedLog log : logs.values()) {
      try {
        log.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    compactions.shutdown();
    commits.close();
    try {
      writeCheckpoints();
      synchronized (this) {
        CheckpointFile.write(disk, folder.resolve(CLEAN), List.copyOf(closedClean));
      }
    } catch (IOException e) {
      failure = storage(folder + " cannot be closed", e);
    } finally {
      try {
        lock.release();
      } catch (IOException e) {
        LOG.warn("{} cannot be unlocked", folder, e);
      }
      close(lockFile);
    }
    if (failure != null) {
      throw failure;
    }
  }

  // ---- for the logs ----

  Clock clock() {
    return clock;
  }

  Disk disk() {
    return disk;
  }

  CommitThreads commits() {
    return commits;
  }

  /** Threads that are there only while they have work. Bound: a log has one round at a time. */
  ExecutorService compactions() {
    return compactions;
  }

  IoThrottle compactionThrottle() {
    return compactionThrottle;
  }

  /** Deletes files that nothing refers to any more, after a while. */
  void deleteLater(List<Path> files, Duration delay) {
    commits.executeAfter(
        delay.toNanos(),
        () -> {
          for (Path file : files) {
            try {
              disk.delete(file);
            } catch (IOException e) {
              LOG.warn("{} cannot be deleted now, and is at the next start: {}", file, e);
            }
          }
        });
  }

  /** A log's writer has closed it. */
  synchronized void closed(SegmentedLog log, boolean clean) {
    if (logs.remove(log.name(), log) && log.isOnDisk()) {
      checkpoints.put(log.name(), log.checkpoint());
      if (clean) {
        closedClean.add(log.name());
      }
    }
  }

  /** Makes the directory of a log that gets its first batch. */
  void createDirectory(Path directory) throws IOException {
    if (checkpointsAreStale) {
      // The new log must not inherit the recovery point of the one that has gone.
      writeCheckpoints();
    }
    disk.createDirectory(directory);
    folderChanged = true;
  }

  /**
   * Makes the directories of new logs durable, all those at once that have come since the last
   * time. A log does it before it first says that something is on disk.
   */
  void forceFolder() throws IOException {
    synchronized (folderForcing) {
      if (!folderChanged) {
        return;
      }
      folderChanged = false;
      try {
        disk.forceDirectory(folder);
      } catch (IOException e) {
        folderChanged = true;
        throw e;
      }
    }
  }

  /** Something that a checkpoint holds has changed; it is written within seconds. */
  void checkpointSoon() {
    if (!checkpointScheduled.get() && !checkpointScheduled.getAndSet(true)) {
      commits.executeAfter(CHECKPOINT_NANOS, this::writeDueCheckpoints);
    }
  }

  private void writeDueCheckpoints() {
    try {
      writeCheckpoints();
    } catch (IOException e) {
      LOG.warn("The checkpoints of {} cannot be written; trying again: {}", folder, e.toString());
      checkpointSoon();
    }
  }

  @Override
  public void checkpoint() {
    try {
      writeCheckpoints();
    } catch (IOException e) {
      throw storage("the checkpoints of " + folder + " cannot be written", e);
    }
  }

  /** Writes the checkpoints of all logs; durable on return. */
  synchronized void writeCheckpoints() throws IOException {
    checkpointScheduled.set(false);
    checkpointsAreStale = false;
    Map<String, Checkpoint> all = new TreeMap<>(checkpoints);
    logs.forEach(
        (name, log) -> {
          if (log.isOnDisk()) {
            all.put(name, log.checkpoint());
          }
        });
    List<String> lines = new ArrayList<>(all.size());
    all.forEach((name, checkpoint) -> lines.add(checkpoint.line(name)));
    CheckpointFile.write(disk, folder.resolve(CHECKPOINTS), lines);
  }

  private static LogException storage(String what, IOException e) {
    return new LogException(LogException.Reason.STORAGE, what + ": " + e.getMessage(), e);
  }
}
