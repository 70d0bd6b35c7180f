package io.millrace.broker.queue;

import java.util.LinkedHashMap;
import java.util.Map;

/** How far a consumer of a stream is. Confined to the stream's mailbox. */
final class StreamReader {

  private final StreamQueue stream;
  private final QueueConsumer consumer;
  private final CommittedReader reader;
  private boolean hungry;

  StreamReader(StreamQueue stream, QueueConsumer consumer, CommittedReader reader) {
    this.stream = stream;
    this.consumer = consumer;
    this.reader = reader;
  }

  QueueConsumer consumer() {
    return consumer;
  }

  /** Whether it has got all that is committed. */
  boolean isAtEnd() {
    return reader.isAtEnd();
  }

  /** Whether it stopped though the consumer has room and there is more to read. */
  boolean isHungry() {
    return hungry;
  }

  /**
   * Gives the consumer what it has room for.
   *
   * @param mostReads of the log
   * @return how many records it got
   */
  long advance(int mostReads) {
    long given = 0;
    hungry = false;
    for (int reads = 0; reads <= mostReads; reads++) {
      CommittedReader.Read next = reader.peek();
      while (next != null && consumer.take()) {
        consumer.add(delivery(next));
        given++;
        CommittedReader.Read unused = reader.poll();
        next = reader.peek();
      }
      if (next != null || !reader.hasMore()) {
        break;
      }
      if (reads == mostReads) {
        hungry = true;
      } else {
        reader.read();
      }
    }
    consumer.flush();
    return given;
  }

  private Delivery delivery(CommittedReader.Read read) {
    Map<String, Object> headers = new LinkedHashMap<>(read.message().headers());
    headers.put(StreamOffset.ARGUMENT, read.offset());
    Message told = read.message().with(headers);
    return new Delivery(
        stream,
        consumer,
        new QueuedMessage(read.offset(), read.offset(), told, 0, QueueContents.NEVER),
        told,
        false);
  }
}
