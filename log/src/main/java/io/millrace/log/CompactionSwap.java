package io.millrace.log;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the copies that compaction made in the place of the segments they were made from, so that a
 * crash at any moment leaves either all of the old ones or, after the next opening, all of the new.
 *
 * <p>The copies stand in the folder {@code compaction}, forced to disk. The file {@code
 * compaction.swap} is the decision: it lists each copy to move and each segment to delete, and
 * appears whole by a rename. While it exists, its steps are done, each of which can be repeated;
 * when it does not, what is in the folder means nothing.
 */
final class CompactionSwap {

  private static final String FOLDER = "compaction";
  private static final String DECISION = "compaction.swap";
  private static final String MOVE = "move ";
  private static final String DELETE = "delete ";

  private CompactionSwap() {}

  /** Where the copies of a log's segments are made. */
  static Path folder(Path logFolder) {
    return logFolder.resolve(FOLDER);
  }

  /** Makes the folder for copies, empty. */
  static void prepareFolder(Disk disk, Path logFolder) throws IOException {
    discard(disk, logFolder);
    Files.createDirectories(folder(logFolder));
  }

  /** Deletes copies that are not wanted. */
  static void discard(Disk disk, Path logFolder) throws IOException {
    Path folder = folder(logFolder);
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          disk.delete(file);
        }
      }
      disk.delete(folder);
    }
  }

  /** Decides for the copies; durable on return. */
  static void decide(Disk disk, Path logFolder, Compaction.Result result) throws IOException {
    List<String> lines = new ArrayList<>();
    int source = 0;
    for (Compaction.Copy copy : result.copies()) {
      lines.add(MOVE + copy.baseOffset());
      for (int i = 1; i < copy.sources(); i++) {
        lines.add(DELETE + result.sources().get(source + i).baseOffset());
      }
      source += copy.sources();
    }
    CheckpointFile.write(disk, logFolder.resolve(DECISION), lines);
  }

  /** Does what was decided, if anything, else throws away copies; after a crash or in its turn. */
  static void finish(Disk disk, Path logFolder) throws IOException {
    Path decision = logFolder.resolve(DECISION);
    if (Files.exists(decision)) {
      for (String line : CheckpointFile.read(decision)) {
        if (line.startsWith(MOVE)) {
          move(disk, logFolder, Long.parseLong(line.substring(MOVE.length())));
        } else if (line.startsWith(DELETE)) {
          long base = Long.parseLong(line.substring(DELETE.length()));
          for (String suffix : SUFFIXES) {
            disk.delete(logFolder.resolve(Segment.fileName(base, suffix)));
          }
        }
      }
      disk.forceDirectory(logFolder);
      disk.delete(decision);
      disk.forceDirectory(logFolder);
    }
    discard(disk, logFolder);
  }

  private static final List<String> SUFFIXES =
      List.of(Segment.OFFSET_INDEX_SUFFIX, Segment.TIME_INDEX_SUFFIX, Segment.LOG_SUFFIX);

  /** Moves the indexes first: as long as the batches have not moved, the step is done again. */
  private static void move(Disk disk, Path logFolder, long base) throws IOException {
    if (!Files.exists(folder(logFolder).resolve(Segment.fileName(base, Segment.LOG_SUFFIX)))) {
      return;
    }
    for (String suffix : SUFFIXES) {
      String name = Segment.fileName(base, suffix);
      Path copy = folder(logFolder).resolve(name);
      if (Files.exists(copy)) {
        disk.rename(copy, logFolder.resolve(name));
      } else {
        disk.delete(logFolder.resolve(name));
      }
    }
  }
}
