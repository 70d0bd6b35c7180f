package io.millrace.broker.security;

/** The hash of a SCRAM mechanism, by Kafka's numbers (KIP-554). */
public enum ScramMechanism {
  SHA_256(1),
  SHA_512(2);

  private final byte code;

  ScramMechanism(int code) {
    this.code = (byte) code;
  }

  /** Its number on the wire and in the metadata log. */
  public byte code() {
    return code;
  }

  /**
   * The one with that number.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static ScramMechanism of(byte code) {
    return switch (code) {
      case 1 -> SHA_256;
      case 2 -> SHA_512;
      default -> throw new IllegalArgumentException("there is no SCRAM mechanism " + code);
    };
  }
}
