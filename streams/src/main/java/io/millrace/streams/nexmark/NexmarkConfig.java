package io.millrace.streams.nexmark;

/**
 * Which events there are.
 *
 * @param events how many; 0 for no end
 * @param seed chooses one of many streams of the same shape
 * @param baseMillis event time of the first event, in milliseconds since 1970-01-01 00:00
 * @param eventsPerSecond how many events one second of event time holds: 1 or more
 * @param outOfOrderGroup the event times of so many neighbouring events are exchanged among them; 1
 *     for events in order
 * @param persons people among {@code persons + auctions + bids} neighbouring events: 1 or more
 * @param auctions auctions among them: 1 or more
 * @param bids bids among them: 0 or more
 */
public record NexmarkConfig(
    long events,
    long seed,
    long baseMillis,
    long eventsPerSecond,
    int outOfOrderGroup,
    int persons,
    int auctions,
    int bids) {

  /** 2015-07-15 00:00:00, where the reference generator begins. */
  public static final long BASE_MILLIS = 1_436_918_400_000L;

  /** Checks the ranges. */
  public NexmarkConfig {
    if (events < 0
        || eventsPerSecond < 1
        || outOfOrderGroup < 1
        || persons < 1
        || auctions < 1
        || bids < 0) {
      throw new IllegalArgumentException("a count is too small");
    }
  }

  /** One person, three auctions and 46 bids in 50 events, without an end, 10,000 a second. */
  public static NexmarkConfig defaults() {
    return new NexmarkConfig(0, 0, BASE_MILLIS, 10_000, 1, 1, 3, 46);
  }

  /** With another number of events. */
  public NexmarkConfig withEvents(long count) {
    return new NexmarkConfig(
        count, seed, baseMillis, eventsPerSecond, outOfOrderGroup, persons, auctions, bids);
  }
}
