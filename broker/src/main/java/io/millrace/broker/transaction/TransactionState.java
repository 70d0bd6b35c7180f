package io.millrace.broker.transaction;

/** How far a transactional id's present or last transaction has come; stored by number. */
public enum TransactionState {
  EMPTY(0, "Empty"),
  ONGOING(1, "Ongoing"),
  PREPARE_COMMIT(2, "PrepareCommit"),
  PREPARE_ABORT(3, "PrepareAbort"),
  COMPLETE_COMMIT(4, "CompleteCommit"),
  COMPLETE_ABORT(5, "CompleteAbort");

  private static final TransactionState[] ALL = values();

  private final int id;
  private final String label;

  TransactionState(int id, String label) {
    this.id = id;
    this.label = label;
  }

  /** As Kafka's tools spell it. */
  public String label() {
    return label;
  }

  /** Decided, but not all markers are written yet. */
  boolean isPrepared() {
    return this == PREPARE_COMMIT || this == PREPARE_ABORT;
  }

  byte id() {
    return (byte) id;
  }

  /** The state with that number; {@link #EMPTY} for those that Kafka never stores. */
  static TransactionState ofId(int id) {
    for (TransactionState state : ALL) {
      if (state.id == id) {
        return state;
      }
    }
    return EMPTY;
  }
}
