package io.millrace.broker.queue;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** Names that nobody has chosen and nobody can guess. */
public final class RandomName {

  private RandomName() {}

  /** The prefix, and 122 random bits in 22 characters of base64url. */
  public static String after(String prefix) {
    UUID id = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
