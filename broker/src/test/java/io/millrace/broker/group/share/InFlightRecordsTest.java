package io.millrace.broker.group.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The window by ranges against one that looks at each record by itself. */
class InFlightRecordsTest {

  private static final List<AcknowledgeType> TYPES = List.of(AcknowledgeType.values());
  private static final int LIMIT = 3;
  private static final int STEPS = 120;

  /** One record of the model. */
  private static final class Each {
    DeliveryState state = DeliveryState.AVAILABLE;
    int count;
    long owner = -1;
    long deadline;
  }

  private final TreeMap<Long, Each> model = new TreeMap<>();
  private long next = 5;
  private long now = 100;

  @Property(tries = 1500)
  void rangesAreWhatTheirRecordsAre(@ForAll long seed) {
    model.clear();
    next = 5;
    now = 100;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    InFlightRecords window = new InFlightRecords(next);
    for (int step = 0; step < STEPS; step++) {
      long start = start();
      long first = start + random.nextInt(12);
      long last = first + random.nextInt(12);
      switch (random.nextInt(8)) {
        case 0, 1 -> acquire(window, first, last, random.nextInt(3), 1 + random.nextInt(20));
        case 2, 3 -> acknowledge(window, random, first, last);
        case 4 -> {
          long owner = random.nextInt(3);
          returned(each -> each.owner == owner);
          window.apply(window.release(owner, LIMIT));
        }
        case 5 -> {
          now += random.nextInt(8);
          returned(each -> each.state == DeliveryState.ACQUIRED && now - each.deadline >= 0);
          window.apply(window.expired(now, LIMIT));
        }
        case 6 -> skip(window, Math.min(first, next), last);
        default -> {
          if (random.nextInt(4) == 0) {
            model.headMap(first).clear();
            next = Math.max(next, first);
            window.startAt(first);
          } else {
            restore(window);
          }
        }
      }
      dropDone();
      check(window);
    }
  }

  private Each at(long offset) {
    Each each = model.get(offset);
    if (each == null) {
      throw new AssertionError("no record at " + offset);
    }
    return each;
  }

  private long start() {
    return model.isEmpty() ? next : model.firstKey();
  }

  private void dropDone() {
    while (!model.isEmpty() && model.firstEntry().getValue().state.isFinal()) {
      model.pollFirstEntry();
    }
  }

  private void acquire(InFlightRecords window, long first, long last, long owner, long most) {
    long from = Math.min(first, next);
    List<Long> expected = new ArrayList<>();
    long left = most;
    for (long offset = from; offset <= last && left > 0; offset++) {
      if (offset >= next) {
        model.put(offset, new Each());
        next = offset + 1;
      }
      Each each = model.get(offset);
      if (each != null && each.state == DeliveryState.AVAILABLE) {
        each.state = DeliveryState.ACQUIRED;
        each.count++;
        each.owner = owner;
        each.deadline = now + 10;
        expected.add(offset);
        left--;
      }
    }
    List<AcquiredRecords> got = new ArrayList<>();
    assertThat(window.acquire(from, last, owner, now + 10, most, got)).isEqualTo(expected.size());
    List<Long> offsets = new ArrayList<>();
    for (AcquiredRecords range : got) {
      for (long offset = range.first(); offset <= range.last(); offset++) {
        offsets.add(offset);
        assertThat(at(offset).count).isEqualTo(range.deliveryCount());
      }
    }
    assertThat(offsets).isEqualTo(expected);
  }

  private void acknowledge(InFlightRecords window, RandomGenerator random, long first, long last) {
    List<AcknowledgeType> types = new ArrayList<>();
    for (long offset = first; offset <= last; offset++) {
      types.add(TYPES.get(random.nextInt(TYPES.size())));
    }
    if (random.nextBoolean()) {
      types = List.of(types.getFirst());
    }
    AcknowledgementBatch batch = new AcknowledgementBatch(first, last, types);
    long owner = random.nextInt(3);
    boolean allowed = true;
    for (long offset = Math.max(first, start()); offset <= last; offset++) {
      Each each = model.get(offset);
      allowed &= each != null && each.owner == owner;
    }
    if (!allowed) {
      assertThatThrownBy(() -> window.acknowledge(owner, List.of(batch), LIMIT))
          .isInstanceOfSatisfying(
              BrokerException.class,
              e -> assertThat(e.error()).isEqualTo(BrokerError.INVALID_RECORD_STATE));
      return;
    }
    InFlightRecords.Plan plan = window.acknowledge(owner, List.of(batch), LIMIT);
    long expectedStart = window.startAfter(plan.changes());
    window.renew(plan.renewed(), now + 20);
    window.apply(plan.changes());
    assertThat(window.start()).isEqualTo(expectedStart);
    for (long offset = Math.max(first, start()); offset <= last; offset++) {
      Each each = model.get(offset);
      if (each == null) {
        continue;
      }
      switch (batch.type(offset)) {
        case ACCEPT -> done(each, DeliveryState.ACKNOWLEDGED);
        case REJECT, GAP -> done(each, DeliveryState.ARCHIVED);
        case RELEASE ->
            done(each, each.count >= LIMIT ? DeliveryState.ARCHIVED : DeliveryState.AVAILABLE);
        case RENEW -> each.deadline = now + 20;
      }
    }
  }

  private static void done(Each each, DeliveryState state) {
    each.state = state;
    each.owner = -1;
  }

  private void returned(Predicate<Each> which) {
    for (Each each : model.values()) {
      if (each.state == DeliveryState.ACQUIRED && which.test(each)) {
        done(each, each.count >= LIMIT ? DeliveryState.ARCHIVED : DeliveryState.AVAILABLE);
      }
    }
  }

  private void skip(InFlightRecords window, long first, long last) {
    for (long offset = first; offset <= last; offset++) {
      if (offset >= next) {
        model.put(offset, new Each());
        next = offset + 1;
      }
      Each each = model.get(offset);
      if (each != null && each.state == DeliveryState.AVAILABLE) {
        each.state = DeliveryState.ARCHIVED;
      }
    }
    window.skip(first, last);
  }

  /** What is stored of a window is the window without its locks. */
  private void restore(InFlightRecords window) {
    InFlightRecords restored = new InFlightRecords(window.start());
    restored.apply(window.batches());
    for (var entry : model.entrySet()) {
      if (entry.getKey() < restored.next()) {
        Each each = entry.getValue();
        List<AcquiredRecords> got = new ArrayList<>();
        long unused = restored.acquire(entry.getKey(), entry.getKey(), 9, 0, 1, got);
        if (each.state.isFinal()) {
          assertThat(got).isEmpty();
        } else {
          int before = each.state == DeliveryState.ACQUIRED ? each.count - 1 : each.count;
          assertThat(got)
              .containsExactly(new AcquiredRecords(entry.getKey(), entry.getKey(), before + 1));
        }
      }
    }
  }

  private void check(InFlightRecords window) {
    assertThat(window.start()).isEqualTo(start());
    assertThat(window.next()).isEqualTo(next);
    long available =
        model.values().stream().filter(each -> each.state == DeliveryState.AVAILABLE).count();
    long acquired =
        model.values().stream().filter(each -> each.state == DeliveryState.ACQUIRED).count();
    assertThat(window.acquired()).isEqualTo(acquired);
    assertThat(window.unfinished()).isEqualTo(available + acquired);
    assertThat(window.finished()).isEqualTo(model.size() - available - acquired);
    long first =
        model.entrySet().stream()
            .filter(entry -> entry.getValue().state == DeliveryState.AVAILABLE)
            .mapToLong(Map.Entry::getKey)
            .findFirst()
            .orElse(next);
    assertThat(window.firstAvailable()).isEqualTo(first);
    assertThat(window.rangeCount()).isLessThanOrEqualTo((int) (2 * window.unfinished() + 1));
  }

  @Test
  void manyRecordsInTheSameStateAreOneRange() {
    InFlightRecords window = new InFlightRecords(0);
    List<AcquiredRecords> got = new ArrayList<>();
    for (int batch = 0; batch < 1000; batch++) {
      long unused = window.acquire(batch * 100L, batch * 100L + 99, 1, 10, Long.MAX_VALUE, got);
    }
    assertThat(window.rangeCount()).isEqualTo(1);
    assertThat(window.unfinished()).isEqualTo(100_000);
    InFlightRecords.Plan plan =
        window.acknowledge(
            1,
            List.of(new AcknowledgementBatch(1, 99_999, List.of(AcknowledgeType.ACCEPT))),
            LIMIT);
    window.apply(plan.changes());
    assertThat(window.rangeCount()).isEqualTo(2);
    assertThat(window.start()).isZero();
  }

  @Test
  void recordsThatACrashTookAreNotTakenForDelivered() {
    InFlightRecords window = new InFlightRecords(0);
    window.apply(List.of(new StateBatch(2, 9, DeliveryState.ACKNOWLEDGED, 1)));
    window.endAt(5);
    assertThat(window.next()).isEqualTo(5);
    assertThat(window.finished()).isEqualTo(3);
    window.endAt(0);
    assertThat(window.start()).isZero();
    assertThat(window.unfinished()).isZero();
  }
}
