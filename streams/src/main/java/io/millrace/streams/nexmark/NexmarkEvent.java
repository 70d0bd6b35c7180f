package io.millrace.streams.nexmark;

/** The kinds of event, in the order of their {@code event_type}. */
public enum NexmarkEvent {
  /** Somebody joins, who will sell or bid. */
  PERSON(0),
  /** Something is put up for sale. */
  AUCTION(1),
  /** Somebody offers a price. */
  BID(2);

  private final int number;

  NexmarkEvent(int number) {
    this.number = number;
  }

  /** Its {@code event_type}. */
  public int number() {
    return number;
  }
}
