package io.millrace.amqp.channel;

import io.millrace.broker.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that wait for an acknowledgement, by their tags, which grow one by one: a ring from
 * the oldest that is left to the newest. Confined to the event loop.
 */
final class Unacknowledged {

  private @Nullable Delivery[] ring = new @Nullable Delivery[16];
  private long first = 1;
  private long next = 1;
  private int count;

  /** Gives out the next tag; a delivery that nobody acknowledges is null. */
  long add(@Nullable Delivery delivery) {
    if (delivery == null && count == 0) {
      next++;
      first = next;
      return next - 1;
    }
    if (next - first == ring.length) {
      grow();
    }
    ring[slot(next)] = delivery;
    if (delivery != null) {
      count++;
    }
    return next++;
  }

  private void grow() {
    @Nullable Delivery[] larger = new @Nullable Delivery[2 * ring.length];
    for (long tag = first; tag < next; tag++) {
      larger[(int) (tag & (larger.length - 1))] = ring[slot(tag)];
    }
    ring = larger;
  }

  private int slot(long tag) {
    return (int) (tag & (ring.length - 1));
  }

  /** Takes one out; null when there is none of that tag. */
  @Nullable Delivery take(long tag) {
    if (tag < first || tag >= next) {
      return null;
    }
    Delivery delivery = ring[slot(tag)];
    if (delivery != null) {
      ring[slot(tag)] = null;
      count--;
      advance();
    }
    return delivery;
  }

  /** Takes all out up to a tag. */
  List<Delivery> takeUpTo(long tag) {
    List<Delivery> taken = new ArrayList<>();
    for (long each = first; each <= tag && each < next; each++) {
      Delivery delivery = ring[slot(each)];
      if (delivery != null) {
        ring[slot(each)] = null;
        count--;
        taken.add(delivery);
      }
    }
    advance();
    return taken;
  }

  List<Delivery> takeAll() {
    return takeUpTo(Long.MAX_VALUE - 1);
  }

  private void advance() {
    while (first < next && ring[slot(first)] == null) {
      first++;
    }
  }

  /** Whether a tag was given out at all. */
  boolean knows(long tag) {
    return tag >= 1 && tag < next;
  }

  int count() {
    return count;
  }
}
