package io.millrace.amqp.channel;

import io.millrace.broker.queue.Inbox;
import io.millrace.broker.queue.Publication;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages that were read and not yet handed to their queues, by queue. Order is kept within each
 * queue. Confined to the event loop.
 */
public final class PublishBatch {

  private static final int MOST_QUEUES = 1024;
  private static final int MOST_MESSAGES = 1024;

  /** Mostly there is one queue, which gets many. */
  private static final int FIRST_QUEUE_MESSAGES = 128;

  private final List<Inbox> queues = new ArrayList<>();
  private final List<List<Publication>> messages = new ArrayList<>();
  private final PublishCredit credit;
  private int last;
  private int count;
  private boolean published;

  /** Of a connection that may have so much on its way. */
  public PublishBatch(PublishCredit credit) {
    this.credit = credit;
  }

  /** Adds a message for a queue. */
  void add(Inbox queue, Publication publication) {
    if (count >= MOST_MESSAGES || queues.size() >= MOST_QUEUES) {
      flush();
    }
    count++;
    of(queue).add(publication);
  }

  @SuppressWarnings("ReferenceEquality") // An inbox is itself and no other.
  private List<Publication> of(Inbox queue) {
    // Mostly the same as before, or the next one of a fan-out.
    int size = queues.size();
    for (int i = 0; i < size; i++) {
      int at = last + i;
      if (at >= size) {
        at -= size;
      }
      if (queues.get(at) == queue) {
        last = at + 1 == size ? 0 : at + 1;
        if (size == 1) {
          last = 0;
        }
        return messages.get(at);
      }
    }
    List<Publication> first = new ArrayList<>(queues.isEmpty() ? FIRST_QUEUE_MESSAGES : 10);
    queues.add(queue);
    messages.add(first);
    return first;
  }

  /** Whether anything was published since this was asked last. */
  public boolean takePublished() {
    boolean answer = published;
    published = false;
    return answer;
  }

  /** Hands all to their queues. */
  public void flush() {
    if (count == 0) {
      return;
    }
    published = true;
    for (int i = 0; i < queues.size(); i++) {
      hand(queues.get(i), messages.get(i));
    }
    queues.clear();
    messages.clear();
    last = 0;
    count = 0;
  }

  private void hand(Inbox queue, List<Publication> batch) {
    long bytes = PublishCredit.bytes(batch);
    credit.take(bytes);
    queue.publish(batch);
    queue.whenTaken(() -> credit.give(bytes));
  }
}
