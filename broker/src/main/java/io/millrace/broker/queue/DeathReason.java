package io.millrace.broker.queue;

import java.util.Locale;

/** Why a queue gave a message up. */
enum DeathReason {
  REJECTED,
  EXPIRED,
  MAXLEN,
  DELIVERY_LIMIT;

  /** As it stands in the message's headers. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
