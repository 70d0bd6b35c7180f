package io.millrace.cdn.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What the disk index knows of a resource's name: 112 bits of its SHA-256. The name itself stands
 * with the object, and is compared when it is read; equal keys of different names cost a read.
 *
 * @param high 64 bits
 * @param low 48 bits, in the upper part; the lower 16 tell variants of a resource apart
 */
public record ObjectKey(long high, long low) {

  static final long VARIANT_MASK = 0xffffL;

  /** The key of a resource. */
  public static ObjectKey of(String name) {
    ByteBuffer digest = ByteBuffer.wrap(sha256().digest(name.getBytes(StandardCharsets.UTF_8)));
    return new ObjectKey(digest.getLong(), digest.getLong() & ~VARIANT_MASK);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** The low half with a variant's 16 bits. */
  long low(int variant) {
    return low | (variant & VARIANT_MASK);
  }
}
