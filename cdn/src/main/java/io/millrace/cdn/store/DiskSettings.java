package io.millrace.cdn.store;

import io.millrace.core.SettingException;
import java.nio.file.Path;

/**
 * A disk tier.
 *
 * @param folder of its files, and of nothing else; made when it does not exist
 * @param maxBytes of all its files, less what is being written; from 16 MiB
 * @param maxObjectBytes of the largest object that it takes
 */
public record DiskSettings(Path folder, long maxBytes, long maxObjectBytes) {

  private static final long LEAST_BYTES = 16L << 20;

  /** Checks the ranges. */
  public DiskSettings {
    if (maxBytes < LEAST_BYTES) {
      throw new SettingException(
          "edge.cache.disk.max-size",
          "is " + maxBytes + " bytes",
          "0 for no disk tier, or 16MiB and more");
    }
    if (maxObjectBytes < 1) {
      throw new SettingException(
          "edge.cache.disk.max-object-size", "is " + maxObjectBytes, "1 and more");
    }
    maxObjectBytes = Math.min(maxObjectBytes, maxBytes / 4);
  }

  /** The size of segments: a thousand of them, but not too small ones, and sixteen at least. */
  long segmentBytes() {
    long most = Math.min(maxBytes / 16, Location.MOST_SEGMENT_BYTES);
    return Math.min(most, Math.max(maxBytes / 1024, 16L << 20));
  }
}
