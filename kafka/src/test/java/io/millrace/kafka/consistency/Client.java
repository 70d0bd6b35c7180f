package io.millrace.kafka.consistency;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/** A client of a history, which runs on a thread of its own. */
abstract class Client implements Runnable {

  /** The one topic that all clients use. */
  static final String TOPIC = "events";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final String who;
  final Setting setting;
  final Random random;

  /** What all clients of a history share. */
  record Setting(Node node, History history, int partitions, long beganNanos) {

    /** Fails when a history takes so long that something must have been forgotten. */
    void checkTime(String who) {
      if (System.nanoTime() - beganNanos > PATIENCE.toNanos()) {
        throw new IllegalStateException(who + " has waited for " + PATIENCE);
      }
    }
  }

  /** One attempt at a request. */
  interface Attempt {
    Errors ask() throws IOException;
  }

  /**
   * The answer to a request that was sent until it was answered.
   *
   * @param isFirst whether no earlier attempt can have had an effect
   */
  record Answer(Errors error, boolean isFirst) {

    boolean isDone() {
      return error == Errors.NONE;
    }

    Operation.Outcome outcome() {
      return isDone()
          ? Operation.Outcome.DONE
          : isFirst ? Operation.Outcome.REFUSED : Operation.Outcome.UNKNOWN;
    }
  }

  Client(String who, Setting setting, long seed) {
    this.who = who;
    this.setting = setting;
    this.random = new Random(seed);
  }

  History history() {
    return setting.history();
  }

  long now() {
    return setting.history().now();
  }

  /** Tries until there is an answer that is final. */
  Answer ask(Attempt attempt) {
    boolean first = true;
    while (true) {
      try {
        Errors error = attempt.ask();
        if (!(error.exception() instanceof RetriableException)) {
          return new Answer(error, first);
        }
        first &= error == Errors.CONCURRENT_TRANSACTIONS;
      } catch (IOException e) {
        first = false;
      }
      setting.checkTime(who);
      NodeLink.pause();
    }
  }

  /** Notes a refusal that has no reason. */
  void refused(String what, Errors error, long sent) {
    history().add(new Operation.Refused(who, what + ": " + error, sent, now()));
  }
}
