package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueOptions.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How much may wait in a queue, and what happens to what is too much. Confined to the queue's
 * mailbox.
 */
final class LengthLimit {

  private QueueOptions options;
  private final QueueContents contents;

  LengthLimit(QueueOptions options, QueueContents contents) {
    this.options = options;
    this.contents = contents;
  }

  /** Takes other options. */
  void change(QueueOptions changed) {
    options = changed;
  }

  /**
   * Refuses what would be too many, where the queue is to refuse and not to drop.
   *
   * @param dead gets those refused that are to be dead-lettered
   * @return the others
   */
  List<Publication> within(List<Publication> batch, Consumer<Message> dead) {
    if (options.overflow() == Overflow.DROP_HEAD || !options.isBounded()) {
      return batch;
    }
    List<Publication> accepted = new ArrayList<>(batch.size());
    long count = contents.count();
    long bytes = contents.bodyBytes();
    for (Publication each : batch) {
      int bodyBytes = each.message().body().length;
      if (!options.isOver(count + 1, bytes + bodyBytes)) {
        accepted.add(each);
        count++;
        bytes += bodyBytes;
        continue;
      }
      if (options.overflow() == Overflow.REJECT_PUBLISH_DLX) {
        dead.accept(each.message());
      }
      each.settle(false);
    }
    return accepted;
  }

  /** Whether the oldest message has to go. */
  boolean dropsHead() {
    return options.overflow() == Overflow.DROP_HEAD
        && options.isBounded()
        && options.isOver(contents.count(), contents.bodyBytes());
  }
}
