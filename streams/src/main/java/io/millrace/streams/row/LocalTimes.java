package io.millrace.streams.row;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Local time of one zone and back, both in milliseconds: the local time is counted as if it were
 * UTC. Immutable.
 */
public final class LocalTimes {

  private final ZoneRules rules;
  private final boolean fixed;
  private final long fixedOffsetMillis;

  /** For a zone. */
  public LocalTimes(ZoneId zone) {
    rules = zone.getRules();
    fixed = rules.isFixedOffset();
    fixedOffsetMillis = fixed ? rules.getOffset(Instant.EPOCH).getTotalSeconds() * 1000L : 0;
  }

  /** What a clock in the zone shows at an instant. */
  public long toLocal(long epochMillis) {
    return fixed
        ? epochMillis + fixedOffsetMillis
        : epochMillis + offsetMillis(rules.getOffset(Instant.ofEpochMilli(epochMillis)));
  }

  /**
   * The instant of a local time. Of two, when clocks were set back, the earlier; a time that clocks
   * skipped is moved on by the length of the gap. As {@code java.time} has it.
   */
  public long toInstant(long localMillis) {
    if (fixed) {
      return localMillis - fixedOffsetMillis;
    }
    LocalDateTime local = dateTime(localMillis);
    // For a gap this is the offset before it, which moves the time on.
    return localMillis - offsetMillis(rules.getOffset(local));
  }

  /**
   * The first instant from which on no clock shows a time before {@code localMillis} again: when a
   * window that ends there is complete. Where clocks are set back over the end, that is after the
   * second time round; where they skip it, the moment of the change.
   */
  public long instantPast(long localMillis) {
    if (fixed) {
      return localMillis - fixedOffsetMillis;
    }
    LocalDateTime local = dateTime(localMillis);
    ZoneOffsetTransition transition = rules.getTransition(local);
    if (transition == null) {
      return localMillis - offsetMillis(rules.getOffset(local));
    }
    if (transition.isGap()) {
      return transition.toEpochSecond() * 1000;
    }
    ZoneOffset offset =
        local.equals(transition.getDateTimeAfter())
            ? transition.getOffsetBefore()
            : transition.getOffsetAfter();
    return localMillis - offsetMillis(offset);
  }

  private static long offsetMillis(ZoneOffset offset) {
    return offset.getTotalSeconds() * 1000L;
  }

  private static LocalDateTime dateTime(long localMillis) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(localMillis, 1000L),
        (int) Math.floorMod(localMillis, 1000L) * 1_000_000,
        ZoneOffset.UTC);
  }
}
