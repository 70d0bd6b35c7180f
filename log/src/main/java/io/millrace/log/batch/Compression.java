package io.millrace.log.batch;

/** The codecs of a batch, by their number in its attributes. */
public enum Compression {
  NONE,
  GZIP,
  SNAPPY,
  LZ4,
  ZSTD;

  private static final Compression[] BY_ID = values();

  /** The codec with the given number, from 0 to 4. */
  public static Compression ofId(int id) {
    if (id < 0 || id >= BY_ID.length) {
      throw new IllegalArgumentException("compression " + id + " is not one of 0 to 4");
    }
    return BY_ID[id];
  }
}
