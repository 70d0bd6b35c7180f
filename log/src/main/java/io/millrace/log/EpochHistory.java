package io.millrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which leader epoch began at which offset (KIP-101). The writer changes it, any thread reads it.
 *
 * <p>On disk it is the file {@code leader-epoch-checkpoint}. That is written by {@link #persist}
 * only: every batch carries its epoch, so recovery finds again what the file lacks, as long as it
 * is written before the recovery point moves past it.
 */
final class EpochHistory {

  private static final String FILE = "leader-epoch-checkpoint";

  private record Entries(int[] epochs, long[] starts) {

    static final Entries NONE = new Entries(new int[0], new long[0]);

    Entries range(int from, int to) {
      return new Entries(
          Arrays.copyOfRange(epochs, from, to), Arrays.copyOfRange(starts, from, to));
    }
  }

  private final Disk disk;
  private final Path folder;
  private volatile Entries entries;
  private volatile Entries persisted;

  private EpochHistory(Disk disk, Path folder, Entries entries) {
    this.disk = disk;
    this.folder = folder;
    this.entries = entries;
    this.persisted = entries;
  }

  /** That of a log without records, of which there is no file. */
  static EpochHistory none(Disk disk, Path folder) {
    return new EpochHistory(disk, folder, Entries.NONE);
  }

  static EpochHistory load(Disk disk, Path folder) throws IOException {
    Path path = folder.resolve(FILE);
    List<String> lines = CheckpointFile.read(path);
    int[] epochs = new int[lines.size()];
    long[] starts = new long[lines.size()];
    try {
      for (int i = 0; i < epochs.length; i++) {
        String line = lines.get(i);
        int space = line.indexOf(' ');
        epochs[i] = Integer.parseInt(line.substring(0, Math.max(0, space)));
        starts[i] = Long.parseLong(line.substring(space + 1));
      }
    } catch (NumberFormatException e) {
      throw new IOException(path + " is damaged: " + e.getMessage(), e);
    }
    return new EpochHistory(
        disk, folder, epochs.length == 0 ? Entries.NONE : new Entries(epochs, starts));
  }

  /**
   * Notes that records from {@code offset} on have the epoch; known and older epochs are no news.
   */
  void assign(int epoch, long offset) {
    if (epoch <= last()) {
      return;
    }
    Entries now = entries;
    int count = now.epochs.length;
    int[] epochs = Arrays.copyOf(now.epochs, count + 1);
    long[] starts = Arrays.copyOf(now.starts, count + 1);
    epochs[count] = epoch;
    starts[count] = offset;
    entries = new Entries(epochs, starts);
  }

  /** The last epoch, or -1. */
  int last() {
    Entries now = entries;
    return now.epochs.length == 0 ? -1 : now.epochs[now.epochs.length - 1];
  }

  /** Where an epoch ended, as OffsetsForLeaderEpoch answers it. */
  EpochEnd endOf(int epoch, long endOffset) {
    Entries now = entries;
    int count = now.epochs.length;
    if (count == 0 || epoch < 0 || epoch > now.epochs[count - 1]) {
      return new EpochEnd(-1, -1);
    }
    if (epoch == now.epochs[count - 1]) {
      return new EpochEnd(epoch, endOffset);
    }
    int higher = 0;
    while (now.epochs[higher] <= epoch) {
      higher++;
    }
    return new EpochEnd(higher == 0 ? epoch : now.epochs[higher - 1], now.starts[higher]);
  }

  /** Forgets epochs that began at or after {@code endOffset}. */
  void truncateEnd(long endOffset) {
    Entries now = entries;
    int keep = now.epochs.length;
    while (keep > 0 && now.starts[keep - 1] >= endOffset) {
      keep--;
    }
    if (keep < now.epochs.length) {
      entries = now.range(0, keep);
    }
  }

  /** Forgets epochs that ended before {@code startOffset}; the one there begins there now. */
  void truncateStart(long startOffset) {
    Entries now = entries;
    int first = 0;
    while (first + 1 < now.epochs.length && now.starts[first + 1] <= startOffset) {
      first++;
    }
    if (first > 0 || (now.epochs.length > 0 && now.starts[0] < startOffset)) {
      Entries kept = now.range(first, now.epochs.length);
      kept.starts[0] = Math.max(kept.starts[0], startOffset);
      entries = kept;
    }
  }

  /** Forgets all. */
  void clear() {
    entries = Entries.NONE;
  }

  /** Writes the file if it differs; durable on return. One thread at a time. */
  void persist() throws IOException {
    Entries now = entries;
    if (now.equals(persisted)) {
      return;
    }
    List<String> lines = new ArrayList<>(now.epochs.length);
    for (int i = 0; i < now.epochs.length; i++) {
      lines.add(now.epochs[i] + " " + now.starts[i]);
    }
    CheckpointFile.write(disk, folder.resolve(FILE), lines);
    persisted = now;
  }
}
