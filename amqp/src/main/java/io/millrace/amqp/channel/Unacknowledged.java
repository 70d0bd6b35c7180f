package io.millrace.amqp.channel;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that wait for an acknowledgement, by their tags, which grow one by one. The newest are
 * in a ring without an object for each; those that stay behind while many others come and go are
 * moved to a map, so that a ring never grows for the sake of a few. Confined to the event loop.
 *
 * @param <D> the deliveries
 */
final class Unacknowledged<D> {

  private static final int FIRST_SIZE = 16;

  /** Told of each delivery that is taken out. */
  interface Taker<D> {
    void take(long tag, D delivery);
  }

  private final TreeMap<Long, D> stragglers = new TreeMap<>();
  private @Nullable Object[] ring = new @Nullable Object[FIRST_SIZE];

  /** Tags from {@code first} on, and before {@code next}, are in the ring. */
  private long first = 1;

  private long next = 1;
  private int inRing;

  /** Gives out the next tag; a delivery that nobody acknowledges is null. */
  long add(@Nullable D delivery) {
    if (delivery == null && inRing == 0) {
      next++;
      first = next;
      return next - 1;
    }
    if (next - first == ring.length) {
      makeRoom();
    }
    ring[slot(next)] = delivery;
    if (delivery != null) {
      inRing++;
    }
    return next++;
  }

  private void makeRoom() {
    if (inRing > ring.length / 2) {
      @Nullable Object[] larger = new @Nullable Object[2 * ring.length];
      for (long tag = first; tag < next; tag++) {
        larger[(int) (tag & (larger.length - 1))] = ring[slot(tag)];
      }
      ring = larger;
      return;
    }
    long middle = first + ring.length / 2;
    for (; first < middle; first++) {
      D delivery = at(first);
      if (delivery != null) {
        stragglers.put(first, delivery);
        ring[slot(first)] = null;
        inRing--;
      }
    }
  }

  @SuppressWarnings("unchecked") // Nothing else is put in.
  private @Nullable D at(long tag) {
    return (D) ring[slot(tag)];
  }

  private int slot(long tag) {
    return (int) (tag & (ring.length - 1));
  }

  /** Takes one out; null when there is none of that tag. */
  @Nullable D take(long tag) {
    if (tag < first) {
      return stragglers.isEmpty() ? null : stragglers.remove(tag);
    }
    if (tag >= next) {
      return null;
    }
    D delivery = at(tag);
    if (delivery != null) {
      ring[slot(tag)] = null;
      inRing--;
      advance();
    }
    return delivery;
  }

  /** Takes all out up to a tag, in order, and answers how many. */
  int takeUpTo(long tag, Taker<D> taker) {
    int count = 0;
    Map<Long, D> behind = stragglers.headMap(tag, true);
    for (Map.Entry<Long, D> each : behind.entrySet()) {
      taker.take(each.getKey(), each.getValue());
      count++;
    }
    behind.clear();
    for (long each = first; each <= tag && each < next; each++) {
      D delivery = at(each);
      if (delivery != null) {
        ring[slot(each)] = null;
        inRing--;
        count++;
        taker.take(each, delivery);
      }
    }
    advance();
    return count;
  }

  /** Takes all out, in order. */
  void takeAll(Taker<D> taker) {
    int unused = takeUpTo(Long.MAX_VALUE, taker);
  }

  private void advance() {
    while (first < next && ring[slot(first)] == null) {
      first++;
    }
  }

  /** Puts one back that was taken out. */
  void restore(long tag, D delivery) {
    if (tag < first) {
      stragglers.put(tag, delivery);
    } else {
      ring[slot(tag)] = delivery;
      inRing++;
    }
  }

  /** Whether a tag was given out at all. */
  boolean knows(long tag) {
    return tag >= 1 && tag < next;
  }

  /** How many wait. */
  int count() {
    return inRing + stragglers.size();
  }
}
