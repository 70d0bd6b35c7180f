package io.millrace.log;

import io.millrace.core.SettingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a store's folder to one store at a time, of all processes, by a lock on a file in it. */
final class FolderLock {

  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

  private static final String FILE = ".lock";

  private final Path folder;
  private final FileChannel file;
  private final FileLock lock;

  private FolderLock(Path folder, FileChannel file, FileLock lock) {
    this.folder = folder;
    this.file = file;
    this.lock = lock;
  }

  /**
   * Locks a folder, which is there.
   *
   * @throws SettingException when another store has it
   */
  static FolderLock take(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = tryLock(file);
    } finally {
      if (lock == null) {
        close(file);
      }
    }
    if (lock == null) {
      throw new SettingException(
          "data",
          "is the folder " + folder + ", which another process uses",
          "a folder of this process's own");
    }
    return new FolderLock(folder, file, lock);
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Lets others have the folder. */
  void release() {
    try {
      lock.release();
    } catch (IOException e) {
      LOG.warn("{} cannot be unlocked", folder, e);
    }
    close(file);
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("A lock file cannot be closed", e);
    }
  }
}
