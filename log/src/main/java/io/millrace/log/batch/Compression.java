package io.millrace.log.batch;

/** The codecs of a batch, by their number in its attributes. */
public enum Compression {
  NONE(0),
  GZIP(1),
  SNAPPY(2),
  LZ4(3),
  ZSTD(4);

  private static final Compression[] BY_ID = values();

  private final int id;

  Compression(int id) {
    this.id = id;
  }

  /** Its number in a batch's attributes, from 0 to 4. */
  public int id() {
    return id;
  }

  /** The codec with the given number, from 0 to 4. */
  public static Compression ofId(int id) {
    if (id < 0 || id >= BY_ID.length) {
      throw new IllegalArgumentException("compression " + id + " is not one of 0 to 4");
    }
    return BY_ID[id];
  }
}
