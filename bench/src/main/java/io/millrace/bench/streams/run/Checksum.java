package io.millrace.bench.streams.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A sum over rows that does not depend on their order. Any thread may add. */
public final class Checksum {

  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long rows;
  private long sum;
  private long firstNanos;

  /** Adds a row of values as Java's own types. */
  public synchronized void add(List<? extends @Nullable Object> row) {
    if (rows == 0) {
      firstNanos = System.nanoTime();
    }
    CRC32 crc = new CRC32();
    for (Object value : row) {
      crc.update(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
      crc.update(0);
    }
    long mixed = crc.getValue() * STEP;
    sum += mixed ^ (mixed >>> 29);
    rows++;
  }

  /** How many rows were added. */
  public synchronized long rows() {
    return rows;
  }

  /** The sum, in 16 hexadecimal digits. */
  public synchronized String text() {
    return String.format("%016x", sum);
  }

  /** When the first row came, on {@link System#nanoTime}'s scale; 0 before. */
  public synchronized long firstNanos() {
    return firstNanos;
  }
}
