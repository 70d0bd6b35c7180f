package io.millrace.streams.row;

/** What a row says about the result that it is part of. */
public enum RowKind {
  /** A row that is new. */
  INSERT("+I"),
  /** What an updated row was; the {@link #UPDATE_AFTER} follows at once. */
  UPDATE_BEFORE("-U"),
  /** What an updated row is now. */
  UPDATE_AFTER("+U"),
  /** A row that is no more, as it last was. */
  DELETE("-D");

  private final String sign;

  RowKind(String sign) {
    this.sign = sign;
  }

  /** {@code +I}, {@code -U}, {@code +U} or {@code -D}. */
  public String sign() {
    return sign;
  }

  /** Whether the row counts from now on; else it counts no longer. */
  public boolean isAddition() {
    return this == INSERT || this == UPDATE_AFTER;
  }
}
