package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueConsumer.Activity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the consumers of the highest priority that can take one, each in turn; with a
 * single active consumer that one only. Confined to the queue's mailbox.
 */
final class QueueConsumers {

  private final boolean singleActive;

  /** Highest priority first; among equals the order of arrival. */
  private final List<QueueConsumer> all = new ArrayList<>();

  private int turn;

  QueueConsumers(boolean singleActive) {
    this.singleActive = singleActive;
  }

  void add(QueueConsumer consumer) {
    int at = all.size();
    // An active single consumer stays so; others wait behind it in the order of priority.
    int least = singleActive && !all.isEmpty() ? 1 : 0;
    while (at > least && all.get(at - 1).priority() < consumer.priority()) {
      at--;
    }
    all.add(at, consumer);
    turn = 0;
    showActivity();
  }

  boolean remove(QueueConsumer consumer) {
    turn = 0;
    boolean removed = all.remove(consumer);
    showActivity();
    return removed;
  }

  private void showActivity() {
    if (singleActive) {
      for (int i = 0; i < all.size(); i++) {
        all.get(i).show(i == 0 ? Activity.SINGLE_ACTIVE : Activity.WAITING);
      }
    }
  }

  int size() {
    return all.size();
  }

  List<QueueConsumer> all() {
    return all;
  }

  /** The consumer that is to get the next message and has room for it, or null. */
  @Nullable QueueConsumer next() {
    int count = singleActive ? Math.min(1, all.size()) : all.size();
    int start = 0;
    while (start < count) {
      int priority = all.get(start).priority();
      int end = start + 1;
      while (end < count && all.get(end).priority() == priority) {
        end++;
      }
      int group = end - start;
      for (int i = 0; i < group; i++) {
        int at = (turn + i) % group;
        QueueConsumer consumer = all.get(start + at);
        if (consumer.take()) {
          turn = at + 1;
          return consumer;
        }
      }
      start = end;
    }
    return null;
  }

  void flush() {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).flush();
    }
  }
}
