package io.millrace.broker.access;

import org.jspecify.annotations.Nullable;

/** How a password is hashed: the digest of a salt of four bytes and the password's UTF-8. */
public enum PasswordHashing {
  SHA_256("rabbit_password_hashing_sha256", "SHA-256", 32),
  SHA_512("rabbit_password_hashing_sha512", "SHA-512", 64);

  private final String label;
  private final String digest;
  private final int digestBytes;

  PasswordHashing(String label, String digest, int digestBytes) {
    this.label = label;
    this.digest = digest;
    this.digestBytes = digestBytes;
  }

  /** As RabbitMQ's definitions name it. */
  public String label() {
    return label;
  }

  String digest() {
    return digest;
  }

  int digestBytes() {
    return digestBytes;
  }

  /** The algorithm of that label, or null. */
  public static @Nullable PasswordHashing of(String label) {
    for (PasswordHashing each : values()) {
      if (each.label.equals(label)) {
        return each;
      }
    }
    return null;
  }
}
