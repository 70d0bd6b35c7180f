package io.millrace.cdn.tls;

import io.millrace.core.Clock;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of session tickets, shared by all certificates of an edge and made anew from time to
 * time: a ticket is good for two more turns, then its session is over, so that a key that leaks
 * opens hours and not months of traffic of TLS 1.2.
 */
final class TicketKeys {

  private static final Duration TURN = Duration.ofHours(12);
  private static final int KEPT = 3;

  private final Clock clock;
  private final SecureRandom random;
  private List<OpenSslSessionTicketKey> keys = List.of();
  private long madeNanos;

  TicketKeys(Clock clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
    turn();
  }

  /** Makes a new key if it is time for it. Returns whether it did. */
  synchronized boolean turnIfDue() {
    if (clock.nanos() - madeNanos < TURN.toNanos()) {
      return false;
    }
    turn();
    return true;
  }

  private synchronized void turn() {
    List<OpenSslSessionTicketKey> next = new ArrayList<>(KEPT);
    next.add(
        new OpenSslSessionTicketKey(
            bytes(OpenSslSessionTicketKey.NAME_SIZE),
            bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
            bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
    next.addAll(keys.subList(0, Math.min(keys.size(), KEPT - 1)));
    keys = List.copyOf(next);
    madeNanos = clock.nanos();
  }

  private byte[] bytes(int length) {
    byte[] made = new byte[length];
    random.nextBytes(made);
    return made;
  }

  /** Has a context use them. The JDK's own TLS has keys of its own. */
  synchronized void applyTo(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setTicketKeys(keys.toArray(OpenSslSessionTicketKey[]::new));
    }
  }
}
