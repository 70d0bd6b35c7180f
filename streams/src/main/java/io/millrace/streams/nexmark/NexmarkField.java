package io.millrace.streams.nexmark;

import org.jspecify.annotations.Nullable;

/** A field of an event, and the name of its column in a table. */
public enum NexmarkField {
  /** 0 for a person, 1 for an auction, 2 for a bid. */
  EVENT_TYPE("event_type", Type.INT, null),
  /** When the event happened. */
  DATE_TIME("dateTime", Type.TIMESTAMP, null),
  /** Text that gives the event its size. */
  EXTRA("extra", Type.STRING, null),
  PERSON_ID("person_id", Type.BIGINT, NexmarkEvent.PERSON),
  PERSON_NAME("person_name", Type.STRING, NexmarkEvent.PERSON),
  PERSON_EMAIL_ADDRESS("person_emailAddress", Type.STRING, NexmarkEvent.PERSON),
  PERSON_CREDIT_CARD("person_creditCard", Type.STRING, NexmarkEvent.PERSON),
  PERSON_CITY("person_city", Type.STRING, NexmarkEvent.PERSON),
  PERSON_STATE("person_state", Type.STRING, NexmarkEvent.PERSON),
  AUCTION_ID("auction_id", Type.BIGINT, NexmarkEvent.AUCTION),
  AUCTION_ITEM_NAME("auction_itemName", Type.STRING, NexmarkEvent.AUCTION),
  AUCTION_DESCRIPTION("auction_description", Type.STRING, NexmarkEvent.AUCTION),
  AUCTION_INITIAL_BID("auction_initialBid", Type.BIGINT, NexmarkEvent.AUCTION),
  AUCTION_RESERVE("auction_reserve", Type.BIGINT, NexmarkEvent.AUCTION),
  AUCTION_EXPIRES("auction_expires", Type.TIMESTAMP, NexmarkEvent.AUCTION),
  AUCTION_SELLER("auction_seller", Type.BIGINT, NexmarkEvent.AUCTION),
  AUCTION_CATEGORY("auction_category", Type.BIGINT, NexmarkEvent.AUCTION),
  BID_AUCTION("bid_auction", Type.BIGINT, NexmarkEvent.BID),
  BID_BIDDER("bid_bidder", Type.BIGINT, NexmarkEvent.BID),
  BID_PRICE("bid_price", Type.BIGINT, NexmarkEvent.BID),
  BID_CHANNEL("bid_channel", Type.STRING, NexmarkEvent.BID),
  BID_URL("bid_url", Type.STRING, NexmarkEvent.BID);

  /** The type of a column. */
  public enum Type {
    INT,
    BIGINT,
    STRING,
    /** A local time, in milliseconds since 1970-01-01 00:00. */
    TIMESTAMP
  }

  private final String column;
  private final Type type;
  private final @Nullable NexmarkEvent event;

  /** Sets the field's draws apart from those of the event's other fields. */
  final long place;

  NexmarkField(String column, Type type, @Nullable NexmarkEvent event) {
    this.column = column;
    this.type = type;
    this.event = event;
    place = column.hashCode() * Draws.STEP;
  }

  /** The field of a column, or null. */
  public static @Nullable NexmarkField ofColumn(String column) {
    for (NexmarkField field : values()) {
      if (field.column.equals(column)) {
        return field;
      }
    }
    return null;
  }

  /** The column's name. */
  public String column() {
    return column;
  }

  /** The column's type. */
  public Type type() {
    return type;
  }

  /** Whether events of that kind have the field; it is NULL in the others. */
  public boolean isIn(NexmarkEvent kind) {
    return event == null || event == kind;
  }
}
