package io.millrace.broker.exchange;

import java.util.concurrent.atomic.LongAdder;

/** How many messages came to an exchange from publishers, and to how many queues they went. */
public final class ExchangeTraffic {

  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();

  /** A message was published, and went to so many queues. Any thread. */
  public void published(int queues) {
    in.increment();
    if (queues > 0) {
      out.add(queues);
    }
  }

  /** Messages that were published to it. */
  public long in() {
    return in.sum();
  }

  /** Messages that it handed to queues, one for each. */
  public long out() {
    return out.sum();
  }
}
