package io.millrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a store's folder tells of how its logs were left: their checkpoints, which of them were
 * closed in order, and whether the machine has started anew since. Here are those of the logs that
 * are not open; an open log knows its own. Guarded by the store, but for {@link #isStale}.
 */
final class StoreCheckpoint {

  private static final String CLEAN = ".clean-shutdown";
  private static final String BOOT = ".boot";
  private static final String CHECKPOINTS = "checkpoints";

  private final Path folder;
  private final Disk disk;
  private final boolean powerMayBeLost;
  private final Map<String, Checkpoint> checkpoints = new HashMap<>();
  private final Set<String> closedClean = new HashSet<>();
  private volatile boolean stale;

  /** Reads what is there, and has a crash from now on be told from an end in order. */
  StoreCheckpoint(Path folder, Disk disk) throws IOException {
    this.folder = folder;
    this.disk = disk;
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
  }

  /** The checkpoint of a log that is not open, {@link Checkpoint#NONE} when none was written. */
  Checkpoint of(String name) {
    return checkpoints.getOrDefault(name, Checkpoint.NONE);
  }

  /** How a log was left that is not open. */
  LogLoader.LastEnd lastEnd(String name) {
    return closedClean.contains(name)
        ? LogLoader.LastEnd.CLEAN
        : powerMayBeLost ? LogLoader.LastEnd.POWER_MAY_BE_LOST : LogLoader.LastEnd.PROCESS_ENDED;
  }

  /** A log has been opened or deleted. Returns whether it had a checkpoint. */
  boolean forget(String name) {
    closedClean.remove(name);
    return checkpoints.remove(name) != null;
  }

  /** A log that had a checkpoint has gone without being deleted. */
  void becomesStale() {
    stale = true;
  }

  /**
   * Whether the file tells of logs that have gone: it is to be written before a new log of such a
   * name gets a directory. Any thread.
   */
  boolean isStale() {
    return stale;
  }

  /** A log that has a directory has been closed. */
  void closed(String name, Checkpoint checkpoint, boolean clean) {
    checkpoints.put(name, checkpoint);
    if (clean) {
      closedClean.add(name);
    }
  }

  /** Writes the checkpoints, those of open logs as they are now; durable on return. */
  void write(Map<String, SegmentedLog> open) throws IOException {
    stale = false;
    Map<String, Checkpoint> all = new TreeMap<>(checkpoints);
    open.forEach(
        (name, log) -> {
          if (log.isOnDisk()) {
            all.put(name, log.checkpoint());
          }
        });
    List<String> lines = new ArrayList<>(all.size());
    all.forEach((name, checkpoint) -> lines.add(checkpoint.line(name)));
    CheckpointFile.write(disk, folder.resolve(CHECKPOINTS), lines);
  }

  /** At the end: notes which logs were closed in order, so that they are not scanned again. */
  void writeClean() throws IOException {
    CheckpointFile.write(disk, folder.resolve(CLEAN), List.copyOf(closedClean));
  }
}
