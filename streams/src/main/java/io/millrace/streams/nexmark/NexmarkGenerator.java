package io.millrace.streams.nexmark;

/**
 * Makes Nexmark's events, as the public specification and its reference generator have them: ids
 * grow, half of the bids are for the hot one of the last hundred auctions, prices are spread evenly
 * over their logarithm.
 *
 * <p>An event depends on the seed and its number only, and each of its fields on nothing else: a
 * field that nobody asks for costs nothing. Confined to one thread.
 */
public final class NexmarkGenerator {

  private static final long FIRST_ID = 1000;
  private static final int HOT_AUCTION_GROUP = 100;
  private static final int HOT_PERSON_GROUP = 100;
  private static final int HOT_AUCTION_RATIO = 2;
  private static final int HOT_BIDDER_RATIO = 4;
  private static final int HOT_SELLER_RATIO = 4;
  private static final int AUCTIONS_IN_FLIGHT = 100;
  private static final int ACTIVE_PEOPLE = 1000;

  // Some events are about auctions and people that are yet to come.
  private static final int AUCTION_LEAD = 10;
  private static final int PERSON_LEAD = 10;

  private static final long FIRST_CATEGORY = 10;
  private static final int CATEGORIES = 5;
  private static final int SHUFFLE = 953;

  /** Prices go up to 10⁶ dollars. */
  private static final double PRICE_RANGE = 6 * Math.log(10);

  // Letters that bring an event to 200, 500 and 100 bytes on average.
  private static final int PERSON_EXTRA = 140;
  private static final int AUCTION_EXTRA = 320;
  private static final int BID_EXTRA = 68;

  private final NexmarkConfig config;
  private final int total;
  private final long seed;
  private final NexmarkText text = new NexmarkText();

  private NexmarkEvent kind = NexmarkEvent.PERSON;
  private long number;
  private long place;
  private long lastPerson;
  private long lastAuction;

  /** For events of that shape. */
  public NexmarkGenerator(NexmarkConfig config) {
    this.config = config;
    total = Math.addExact(Math.addExact(config.persons(), config.auctions()), config.bids());
    seed = Draws.mix(config.seed() + Draws.STEP);
    moveTo(0);
  }

  /** Makes the event of a number from 0 the one that is asked about. */
  public void moveTo(long number) {
    this.number = number;
    place = Draws.mix(seed + number * Draws.STEP);
    long epoch = number / total;
    int offset = (int) (number - epoch * total);
    lastPerson = epoch * config.persons() + Math.min(offset, config.persons() - 1);
    int auctionOffset = offset - config.persons();
    if (auctionOffset < 0) {
      kind = NexmarkEvent.PERSON;
      lastAuction = epoch * config.auctions() - 1;
    } else if (auctionOffset < config.auctions()) {
      kind = NexmarkEvent.AUCTION;
      lastAuction = epoch * config.auctions() + auctionOffset;
    } else {
      kind = NexmarkEvent.BID;
      lastAuction = (epoch + 1) * config.auctions() - 1;
    }
  }

  /** What the event is. */
  public NexmarkEvent kind() {
    return kind;
  }

  /**
   * The value of an INT, BIGINT or TIMESTAMP field that events of this kind have.
   *
   * @throws IllegalArgumentException for a field of text
   */
  public long number(NexmarkField field) {
    return switch (field) {
      case EVENT_TYPE -> kind.number();
      case DATE_TIME -> timeMillis();
      case PERSON_ID -> FIRST_ID + lastPerson;
      case AUCTION_ID -> FIRST_ID + lastAuction;
      case AUCTION_INITIAL_BID -> price(draw(NexmarkField.AUCTION_INITIAL_BID));
      case AUCTION_RESERVE ->
          price(draw(NexmarkField.AUCTION_INITIAL_BID)) + price(draw(NexmarkField.AUCTION_RESERVE));
      case AUCTION_EXPIRES -> timeMillis() + auctionMillis(draw(field));
      case AUCTION_SELLER -> seller(draw(field));
      case AUCTION_CATEGORY -> FIRST_CATEGORY + Draws.below(draw(field), CATEGORIES);
      case BID_AUCTION -> auction(draw(field));
      case BID_BIDDER -> bidder(draw(field));
      case BID_PRICE -> price(draw(field));
      default -> throw new IllegalArgumentException(field + " is text");
    };
  }

  /**
   * The value of a STRING field that events of this kind have.
   *
   * @throws IllegalArgumentException for another field
   */
  public String text(NexmarkField field) {
    return switch (field) {
      case EXTRA -> text.around(draw(field), extraLetters());
      case PERSON_NAME -> text.name(draw(field));
      case PERSON_EMAIL_ADDRESS -> text.emailAddress(draw(field));
      case PERSON_CREDIT_CARD -> text.creditCard(draw(field));
      case PERSON_CITY -> text.city(draw(field));
      case PERSON_STATE -> text.state(draw(field));
      case AUCTION_ITEM_NAME -> text.letters(draw(field), 20);
      case AUCTION_DESCRIPTION -> text.letters(draw(field), 100);
      case BID_CHANNEL -> text.channel(draw(NexmarkField.BID_CHANNEL));
      case BID_URL -> text.channelUrl(draw(NexmarkField.BID_CHANNEL));
      default -> throw new IllegalArgumentException(field + " is no text");
    };
  }

  private long draw(NexmarkField field) {
    return Draws.mix(place + field.place);
  }

  private int extraLetters() {
    return switch (kind) {
      case PERSON -> PERSON_EXTRA;
      case AUCTION -> AUCTION_EXTRA;
      case BID -> BID_EXTRA;
    };
  }

  private long timeMillis() {
    return config.baseMillis() + millis(inTimeOrder(number));
  }

  /** Whole seconds first, so that no number of events overflows. */
  private long millis(long events) {
    long rate = config.eventsPerSecond();
    return events / rate * 1000 + events % rate * 1000 / rate;
  }

  /** The number by which the event has its time: neighbours exchange theirs. */
  private long inTimeOrder(long number) {
    int group = config.outOfOrderGroup();
    if (group == 1) {
      return number;
    }
    long first = number / group * group;
    return first + (number % group * SHUFFLE) % group;
  }

  private static long price(long draw) {
    return Math.round(Math.exp(Draws.fraction(draw) * PRICE_RANGE) * 100);
  }

  /** So that about the wanted number of auctions is open at any time. */
  private long auctionMillis(long draw) {
    long events = (long) AUCTIONS_IN_FLIGHT * total / config.auctions();
    return 1 + Draws.below(draw, Math.max(1, 2 * millis(events)));
  }

  private long auction(long draw) {
    if (Draws.below(draw, HOT_AUCTION_RATIO) > 0) {
      return FIRST_ID + Math.max(0, lastAuction) / HOT_AUCTION_GROUP * HOT_AUCTION_GROUP;
    }
    long first = Math.max(0, lastAuction - AUCTIONS_IN_FLIGHT);
    return FIRST_ID
        + first
        + Draws.below(Draws.mix(draw), Math.max(0, lastAuction) - first + 1 + AUCTION_LEAD);
  }

  private long bidder(long draw) {
    return Draws.below(draw, HOT_BIDDER_RATIO) > 0
        ? FIRST_ID + lastPerson / HOT_PERSON_GROUP * HOT_PERSON_GROUP + 1
        : person(Draws.mix(draw));
  }

  private long seller(long draw) {
    return Draws.below(draw, HOT_SELLER_RATIO) > 0
        ? FIRST_ID + lastPerson / HOT_PERSON_GROUP * HOT_PERSON_GROUP
        : person(Draws.mix(draw));
  }

  private long person(long draw) {
    long people = lastPerson + 1;
    long active = Math.min(people, ACTIVE_PEOPLE);
    return FIRST_ID + people - active + Draws.below(draw, active + PERSON_LEAD);
  }
}
