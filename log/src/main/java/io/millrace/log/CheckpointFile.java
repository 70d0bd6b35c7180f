package io.millrace.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small text file that is replaced as a whole: a version, the number of lines, the lines, as
 * Kafka's checkpoint files have them. A reader finds the old or the new content, never a part.
 */
final class CheckpointFile {

  private static final String VERSION = "0";

  private CheckpointFile() {}

  /** Writes, forces, then renames into place; durable on return. */
  static void write(Disk disk, Path path, List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder(64 * (lines.size() + 1));
    text.append(VERSION).append('\n').append(lines.size()).append('\n');
    for (String line : lines) {
      text.append(line).append('\n');
    }
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try (Disk.DiskFile file = disk.open(temporary)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(text.toString().getBytes(UTF_8)), 0);
      file.force();
    }
    disk.rename(temporary, path);
    Path folder = path.getParent();
    if (folder != null) {
      disk.forceDirectory(folder);
    }
  }

  /** The lines, none when there is no such file or it is not whole. */
  static List<String> read(Path path) throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    List<String> all =
        new ArrayList<>(new String(Files.readAllBytes(path), UTF_8).lines().toList());
    if (all.size() < 2 || !all.get(0).equals(VERSION)) {
      return List.of();
    }
    List<String> lines = all.subList(2, all.size());
    return all.get(1).equals(Integer.toString(lines.size())) ? lines : List.of();
  }
}
