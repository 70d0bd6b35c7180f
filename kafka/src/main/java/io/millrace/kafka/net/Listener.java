package io.millrace.kafka.net;

import io.millrace.core.tls.ServerTls;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A port that clients come through, and what those who came through it are told to connect to; that
 * is complete only once the port is open. Any thread.
 */
public final class Listener {

  private final String name;
  private final @Nullable ServerTls tls;
  private final boolean sasl;
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile @Nullable Address advertised;

  /** Where clients connect to. */
  public record Address(String host, int port) {}

  /**
   * @param tls null for connections in the clear
   * @param sasl whether clients must authenticate themselves by SASL
   */
  public Listener(String name, @Nullable ServerTls tls, boolean sasl) {
    this.name = name;
    this.tls = tls;
    this.sasl = sasl;
  }

  /** Its name, for messages. */
  public String name() {
    return name;
  }

  /** Null for connections in the clear. */
  public @Nullable ServerTls tls() {
    return tls;
  }

  /** Whether clients must authenticate themselves by SASL. */
  public boolean sasl() {
    return sasl;
  }

  /** The port is open. */
  public void opened(Address address) {
    advertised = address;
    known.countDown();
  }

  /** The address; a client that comes between opening and knowing waits that moment. */
  public Address advertised() {
    Address present = advertised;
    if (present != null) {
      return present;
    }
    try {
      known.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    present = advertised;
    if (present == null) {
      throw new IllegalStateException("the port " + name + " is not open yet");
    }
    return present;
  }
}
