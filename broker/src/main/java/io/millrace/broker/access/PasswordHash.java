package io.millrace.broker.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * What is kept of a password.
 *
 * @param base64 salt of four bytes and digest, as RabbitMQ's definitions carry them
 */
public record PasswordHash(PasswordHashing algorithm, String base64) {

  private static final int SALT_BYTES = 4;

  /** Checks that it is what the algorithm makes. */
  public PasswordHash {
    int expected = SALT_BYTES + algorithm.digestBytes();
    if (decoded(base64).length != expected) {
      throw AccessChecks.refused(
          "a password hash is not what "
              + algorithm.label()
              + " makes; allowed: "
              + expected
              + " bytes in Base64, four of salt and "
              + algorithm.digestBytes()
              + " of digest");
    }
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /**
   * Hashes a password.
   *
   * @param random for the salt; not one that can be foretold
   */
  public static PasswordHash of(
      PasswordHashing algorithm, String password, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] digest = digest(algorithm, salt, password);
    byte[] both = Arrays.copyOf(salt, SALT_BYTES + digest.length);
    System.arraycopy(digest, 0, both, SALT_BYTES, digest.length);
    return new PasswordHash(algorithm, Base64.getEncoder().encodeToString(both));
  }

  /** Whether it was made of that password; takes as long for any. */
  public boolean matches(String password) {
    byte[] both = decoded(base64);
    byte[] salt = Arrays.copyOf(both, SALT_BYTES);
    byte[] expected = Arrays.copyOfRange(both, SALT_BYTES, both.length);
    return MessageDigest.isEqual(expected, digest(algorithm, salt, password));
  }

  private static byte[] digest(PasswordHashing algorithm, byte[] salt, String password) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm.digest());
      digest.update(salt);
      return digest.digest(password.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm.digest(), e);
    }
  }

  /** Nothing that could be used to guess the password. */
  @Override
  public String toString() {
    return "PasswordHash[" + algorithm.label() + "]";
  }
}
