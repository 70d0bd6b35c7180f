package io.millrace.streams.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nexmark's events have the published shape. */
final class NexmarkGeneratorTest {

  private static final int EVENTS = 50_000;

  private final NexmarkGenerator generator = new NexmarkGenerator(NexmarkConfig.defaults());

  @Test
  void fiftyEventsAreOnePersonThreeAuctionsAndFortySixBids() {
    int[] counts = new int[3];
    for (int i = 0; i < EVENTS; i++) {
      generator.moveTo(i);
      counts[generator.kind().number()]++;
    }

    assertThat(counts).containsExactly(EVENTS / 50, EVENTS / 50 * 3, EVENTS / 50 * 46);
  }

  @Test
  void anEventIsTheSameInWhicheverOrderEventsAreMade() {
    List<String> forwards = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      forwards.add(describe(i));
    }
    List<String> backwards = new ArrayList<>();
    for (int i = 499; i >= 0; i--) {
      backwards.addFirst(describe(i));
    }

    assertThat(backwards).isEqualTo(forwards);
    assertThat(forwards).doesNotHaveDuplicates();
  }

  @Test
  void anotherSeedMakesOtherEvents() {
    NexmarkConfig defaults = NexmarkConfig.defaults();
    NexmarkGenerator other =
        new NexmarkGenerator(new NexmarkConfig(0, 7, defaults.baseMillis(), 10_000, 1, 1, 3, 46));
    other.moveTo(10);
    generator.moveTo(10);

    assertThat(other.text(NexmarkField.EXTRA)).isNotEqualTo(generator.text(NexmarkField.EXTRA));
  }

  @Test
  void bidsAreForRecentAuctionsAndHalfOfThemForTheHotOne() {
    long newest = 0;
    int bids = 0;
    int hot = 0;
    for (int i = 0; i < EVENTS; i++) {
      generator.moveTo(i);
      if (generator.kind() == NexmarkEvent.AUCTION) {
        newest = generator.number(NexmarkField.AUCTION_ID);
      } else if (generator.kind() == NexmarkEvent.BID) {
        long auction = generator.number(NexmarkField.BID_AUCTION);
        assertThat(auction).isBetween(newest - 100, newest + 10);
        bids++;
        hot += auction % 100 == 0 ? 1 : 0;
      }
    }

    assertThat((double) hot / bids).isBetween(0.49, 0.53);
  }

  @Test
  void peopleAreNumberedOneByOneAndSellTheAuctions() {
    long newest = 999;
    for (int i = 0; i < EVENTS; i++) {
      generator.moveTo(i);
      if (generator.kind() == NexmarkEvent.PERSON) {
        assertThat(generator.number(NexmarkField.PERSON_ID)).isEqualTo(++newest);
      } else if (generator.kind() == NexmarkEvent.AUCTION) {
        assertThat(generator.number(NexmarkField.AUCTION_SELLER)).isBetween(1000L, newest + 10);
      }
    }
  }

  @Test
  void timeGoesOnByTheRate() {
    generator.moveTo(0);
    assertThat(generator.number(NexmarkField.DATE_TIME)).isEqualTo(NexmarkConfig.BASE_MILLIS);
    generator.moveTo(25_000);
    assertThat(generator.number(NexmarkField.DATE_TIME))
        .isEqualTo(NexmarkConfig.BASE_MILLIS + 2500);
  }

  @Test
  void outOfOrderEventsExchangeTheirTimesWithinAGroup() {
    NexmarkConfig config = new NexmarkConfig(0, 0, NexmarkConfig.BASE_MILLIS, 1000, 100, 1, 3, 46);
    NexmarkGenerator shuffled = new NexmarkGenerator(config);
    List<Long> times = new ArrayList<>();
    for (int i = 100; i < 200; i++) {
      shuffled.moveTo(i);
      times.add(shuffled.number(NexmarkField.DATE_TIME) - NexmarkConfig.BASE_MILLIS);
    }

    assertThat(times).doesNotHaveDuplicates().allMatch(time -> time >= 100 && time < 200);
    assertThat(times).isNotEqualTo(times.stream().sorted().toList());
  }

  private String describe(int number) {
    generator.moveTo(number);
    StringBuilder text = new StringBuilder(generator.kind().name());
    for (NexmarkField field : NexmarkField.values()) {
      if (field.isIn(generator.kind())) {
        text.append(' ')
            .append(
                field.type() == NexmarkField.Type.STRING
                    ? generator.text(field)
                    : Long.toString(generator.number(field)));
      }
    }
    return text.toString();
  }
}
