package io.millrace.log;

import org.jspecify.annotations.Nullable;

/**
 * What a log remembers apart from its segments; a line of the store's checkpoint file.
 *
 * @param startOffset first offset that can be read
 * @param highWatermark offset after the last record seen by ordinary readers
 * @param recoveryPoint all records before it were forced to disk, with their indexes
 * @param cleanedOffset compaction has been through all records before it
 */
record Checkpoint(long startOffset, long highWatermark, long recoveryPoint, long cleanedOffset) {

  static final Checkpoint NONE = new Checkpoint(0, 0, 0, 0);

  String line(String name) {
    return name
        + ' '
        + startOffset
        + ' '
        + highWatermark
        + ' '
        + recoveryPoint
        + ' '
        + cleanedOffset;
  }

  /** The checkpoint in a line, or null when it is none. */
  static @Nullable Checkpoint parse(String[] fields) {
    try {
      return fields.length != 5
          ? null
          : new Checkpoint(
              Long.parseLong(fields[1]),
              Long.parseLong(fields[2]),
              Long.parseLong(fields[3]),
              Long.parseLong(fields[4]));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
