package io.millrace.log;

import io.millrace.core.Clock;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * The data folder: it holds one directory per partition that was ever written to, named {@code
 * topic-partition}, and a lock file that keeps a second process out. It owns the thread that forces
 * appends to disk, shared by all logs so that one group commit can serve many partitions. Any
 * thread may call it.
 */
public interface LogStore extends AutoCloseable {

  /**
   * Opens the store over a folder, which is made when it does not exist. It belongs to this process
   * until {@link #close}.
   *
   * @throws io.millrace.core.SettingException for {@code data} when another process has the folder,
   *     or it cannot be written
   */
  static LogStore open(Path folder, Clock clock) {
    return open(folder, clock, Disk.system());
  }

  /** As {@link #open(Path, Clock)}, with other limits of compaction. */
  static LogStore open(Path folder, Clock clock, CompactionLimits compaction) {
    return FolderStore.open(folder, clock, Disk.system(), compaction);
  }

  /** As {@link #open(Path, Clock)}, over a disk that a test or the simulator owns. */
  static LogStore open(Path folder, Clock clock, Disk disk) {
    return FolderStore.open(folder, clock, disk, CompactionLimits.DEFAULT);
  }

  /**
   * Names of the logs that have a directory in the folder, as given to {@link #open}: those to
   * which something was written.
   */
  Collection<String> existing();

  /**
   * Opens a log, making it when it does not exist; its directory comes with its first batch. After
   * an unclean end this recovers it: scans the unflushed tail, cuts it at the first batch that is
   * torn or fails its CRC, rebuilds indexes.
   *
   * @param name 1 to 254 of A-Z a-z 0-9 . _ -
   * @throws LogException with {@code STORAGE} when the disk fails, or what was forced to it is
   *     damaged; the message names file and offset
   * @throws IllegalStateException when it is open already
   */
  PartitionLog open(String name, LogConfig config);

  /**
   * Deletes a log's directory, open or not; nothing happens when there is none. Slices of it that
   * are still held stay readable. No other call to the log may be under way.
   */
  default void delete(String name) {
    delete(List.of(name));
  }

  /** As {@link #delete(String)}, many at once for little more than the cost of one. */
  void delete(Collection<String> names);

  /** Whether there is a directory of that name, or {@link #open} would make a new one. */
  boolean exists(String name);

  /** What compaction may take of the machine. */
  CompactionLimits compactionLimits();

  /** Has compaction keep to other limits: rounds that begin from now on, and the rate of all. */
  void limitCompaction(CompactionLimits limits);

  /**
   * Writes where logs start and how far they are visible, of all of them; durable on return. What
   * is not asked for is written within seconds.
   *
   * @throws LogException with {@code STORAGE} when the disk refuses
   */
  void checkpoint();

  /** The folder. */
  Path folder();

  /** Closes all open logs, and lets the folder go. No call to a log may be under way. */
  @Override
  void close();
}
