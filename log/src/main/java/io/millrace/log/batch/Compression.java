package io.millrace.log.batch;

/** The codecs of a batch, by their number in its attributes. */
public enum Compression {
  NONE(0, 0, 0, 0),
  GZIP(1, -1, -1, 9),
  SNAPPY(2, 0, 0, 0),
  LZ4(3, 9, 1, 17),
  ZSTD(4, 3, -131_072, 22);

  private static final Compression[] BY_ID = values();

  private final int id;
  private final int defaultLevel;
  private final int minLevel;
  private final int maxLevel;

  Compression(int id, int defaultLevel, int minLevel, int maxLevel) {
    this.id = id;
    this.defaultLevel = defaultLevel;
    this.minLevel = minLevel;
    this.maxLevel = maxLevel;
  }

  /** The level that Kafka's clients use where they are told none (KIP-390); 0 without levels. */
  public int defaultLevel() {
    return defaultLevel;
  }

  /** The fastest level. */
  public int minLevel() {
    return minLevel;
  }

  /** The level with the smallest result. */
  public int maxLevel() {
    return maxLevel;
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
