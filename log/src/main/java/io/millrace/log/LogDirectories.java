package io.millrace.log;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The directories in a store's folder, one for each log: which there are, and how they come and go.
 * One that goes gets another name first, so that after a crash half a log is never taken for one.
 */
final class LogDirectories {

  /** In front of the names of logs that are being deleted; no log's name can begin with it. */
  private static final String DELETED = "~";

  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,254}");

  private final Path folder;
  private final Disk disk;
  private final Object forcing = new Object();

  /** Whether directories have come since the folder was forced. */
  private volatile boolean changed;

  LogDirectories(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** Whether a log can have this name. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The directory of a log, whether or not it is there. */
  Path of(String name) {
    return folder.resolve(name);
  }

  boolean exists(String name) {
    return isName(name) && Files.isDirectory(of(name));
  }

  /** The names of the logs that have one. */
  Collection<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isName(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** Makes the directory of a new log; durable after the next {@link #force}. */
  void create(Path directory) throws IOException {
    disk.createDirectory(directory);
    changed = true;
  }

  /** Makes the directories durable that have come since the last time, all of them at once. */
  void force() throws IOException {
    synchronized (forcing) {
      if (!changed) {
        return;
      }
      changed = false;
      try {
        disk.forceDirectory(folder);
      } catch (IOException e) {
        changed = true;
        throw e;
      }
    }
  }

  /** Deletes directories that are there, with all that is in them; durable on return. */
  void delete(List<String> names) throws IOException {
    for (String name : names) {
      Path going = folder.resolve(DELETED + name);
      deleteAll(going);
      disk.rename(of(name), going);
    }
    disk.forceDirectory(folder);
    for (String name : names) {
      deleteAll(folder.resolve(DELETED + name));
    }
  }

  /** Deletes what a process that ended within {@link #delete} has left. */
  void deleteLeftovers() throws IOException {
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
}
