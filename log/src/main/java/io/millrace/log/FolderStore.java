package io.millrace.log;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store over a folder. Beside the logs' directories it holds four small files. */
final class FolderStore implements LogStore {

  private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

  private static final long CHECKPOINT_NANOS = 5_000_000_000L;

  private final Path folder;
  private final Clock clock;
  private final Disk disk;
  private final FolderLock lock;
  private final LogDirectories directories;
  private final CommitThreads commits;
  private final CompactionThreads compactions;
  private final Map<String, SegmentedLog> logs = new ConcurrentHashMap<>();
  private final AtomicBoolean checkpointScheduled = new AtomicBoolean();

  // Guarded by this.
  private final StoreCheckpoint checkpoint;
  private boolean closed;

  private FolderStore(
      Path folder, Clock clock, Disk disk, CompactionLimits compaction, FolderLock lock)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.disk = disk;
    this.lock = lock;
    this.directories = new LogDirectories(folder, disk);
    directories.deleteLeftovers();
    this.checkpoint = new StoreCheckpoint(folder, disk);
    this.commits = new CommitThreads(clock, "log-commit");
    this.compactions = new CompactionThreads(clock, compaction);
  }

  static FolderStore open(Path folder, Clock clock, Disk disk, CompactionLimits compaction) {
    FolderLock lock = null;
    try {
      Files.createDirectories(folder);
      lock = FolderLock.take(folder);
      return new FolderStore(folder, clock, disk, compaction, lock);
    } catch (IOException e) {
      release(lock);
      throw new SettingException(
          "data",
          "is the folder " + folder + ", which cannot be used: " + e.getMessage(),
          "a folder that this process may write to");
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  private static void release(@Nullable FolderLock lock) {
    if (lock != null) {
      lock.release();
    }
  }

  @Override
  public Collection<String> existing() {
    try {
      return directories.names();
    } catch (IOException e) {
      throw storage(folder + " cannot be read", e);
    }
  }

  @Override
  public synchronized PartitionLog open(String name, LogConfig config) {
    if (!LogDirectories.isName(name)) {
      throw new IllegalArgumentException(
          "a log cannot be named \"" + name + "\"; allowed: 1 to 254 of A-Z a-z 0-9 . _ -");
    }
    if (closed || logs.containsKey(name)) {
      throw new IllegalStateException(closed ? folder + " is closed" : name + " is open already");
    }
    Path path = directories.of(name);
    if (!Files.isDirectory(path)) {
      return openNew(name, path, config);
    }
    Checkpoint last = checkpoint.of(name);
    try {
      LogLoader.Loaded loaded =
          LogLoader.load(
              disk,
              path,
              last,
              checkpoint.lastEnd(name),
              config.indexIntervalBytes(),
              clock.millis());
      SegmentedLog log = new SegmentedLog(this, name, path, config, loaded, last, true);
      logs.put(name, log);
      checkpoint.forget(name);
      if (loaded.endOffset() > last.recoveryPoint()) {
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
    if (checkpoint.forget(name)) {
      LOG.warn("The directory of {} has gone with all its records; it begins anew", name);
      checkpoint.becomesStale();
    }
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
      checkpoint.forget(name);
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
      directories.delete(present);
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
    return directories.exists(name);
  }

  @Override
  public CompactionLimits compactionLimits() {
    return compactions.limits();
  }

  @Override
  public void limitCompaction(CompactionLimits limits) {
    compactions.limit(limits);
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
    compactions.close();
    commits.close();
    try {
      writeCheckpoints();
      synchronized (this) {
        checkpoint.writeClean();
      }
    } catch (IOException e) {
      failure = storage(folder + " cannot be closed", e);
    } finally {
      lock.release();
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

  CompactionThreads compactions() {
    return compactions;
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
      checkpoint.closed(log.name(), log.checkpoint(), clean);
    }
  }

  /** Makes the directory of a log that gets its first batch. */
  void createDirectory(Path directory) throws IOException {
    if (checkpoint.isStale()) {
      // The new log must not inherit the recovery point of the one that has gone.
      writeCheckpoints();
    }
    directories.create(directory);
  }

  /**
   * Makes the directories of new logs durable, all those at once that have come since the last
   * time. A log does it before it first says that something is on disk.
   */
  void forceFolder() throws IOException {
    directories.force();
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
    checkpoint.write(logs);
  }

  private static LogException storage(String what, IOException e) {
    return new LogException(LogException.Reason.STORAGE, what + ": " + e.getMessage(), e);
  }
}
