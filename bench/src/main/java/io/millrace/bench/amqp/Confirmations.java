package io.millrace.bench.amqp;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** Counts a publisher's messages that are confirmed, in whatever order that is told. */
final class Confirmations {

  private final Set<Long> ahead = new HashSet<>();
  private long count;
  private long allUpTo;

  /** Takes the frame that the connection has read last. */
  void take(LeanConnection from) throws IOException {
    if (from.type() != LeanConnection.METHOD) {
      return;
    }
    switch (from.method()) {
      case LeanConnection.BASIC_ACK -> {
        acknowledged(from.acknowledgedTag(), from.acknowledgesAllBefore());
      }
      case LeanConnection.BASIC_NACK -> throw new IOException("the server refused a message");
      case LeanConnection.CONNECTION_CLOSE, LeanConnection.CHANNEL_CLOSE ->
          throw new IOException("the server closed the channel");
      default -> {
        // A connection that is blocked, or goes on.
      }
    }
  }

  /** A message is confirmed, or all up to it are. */
  void acknowledged(long tag, boolean allBefore) {
    if (allBefore) {
      upTo(tag);
    } else {
      one(tag);
    }
  }

  private void one(long tag) {
    count++;
    if (tag != allUpTo + 1) {
      ahead.add(tag);
      return;
    }
    allUpTo = tag;
    while (!ahead.isEmpty() && ahead.remove(allUpTo + 1)) {
      allUpTo++;
    }
  }

  private void upTo(long tag) {
    for (long each = allUpTo + 1; each <= tag; each++) {
      if (ahead.isEmpty() || !ahead.remove(each)) {
        count++;
      }
    }
    allUpTo = Math.max(allUpTo, tag);
    while (!ahead.isEmpty() && ahead.remove(allUpTo + 1)) {
      allUpTo++;
    }
  }

  /** How many are confirmed. */
  long count() {
    return count;
  }

  /** All up to this one are confirmed. */
  long allUpTo() {
    return allUpTo;
  }
}
