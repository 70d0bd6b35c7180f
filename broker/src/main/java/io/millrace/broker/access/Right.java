package io.millrace.broker.access;

/** What somebody wants to do with an exchange or a queue. */
public enum Right {
  /** Make, change or delete it. */
  CONFIGURE("configure"),
  /** Put messages in. */
  WRITE("write"),
  /** Take messages out. */
  READ("read");

  private final String label;

  Right(String label) {
    this.label = label;
  }

  /** As messages name it. */
  public String label() {
    return label;
  }
}
