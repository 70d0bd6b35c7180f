package io.millrace.kafka;

/** How a port is secured, by the names that clients use ({@code security.protocol}). */
public enum SecurityProtocol {
  PLAINTEXT(false, false),
  SSL(true, false),
  SASL_PLAINTEXT(false, true),
  SASL_SSL(true, true);

  private final boolean tls;
  private final boolean sasl;

  SecurityProtocol(boolean tls, boolean sasl) {
    this.tls = tls;
    this.sasl = sasl;
  }

  /** Whether its connections are encrypted. */
  public boolean tls() {
    return tls;
  }

  /** Whether its clients authenticate themselves by SASL. */
  public boolean sasl() {
    return sasl;
  }
}
