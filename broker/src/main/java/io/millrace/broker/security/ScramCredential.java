package io.millrace.broker.security;

/**
 * What a node keeps of a password (RFC 5802, section 3): enough to check a proof, not enough to
 * make one. The arrays are not copied; nobody changes them.
 *
 * @param iterations of the hash that made the salted password
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and handed on as they are
public record ScramCredential(byte[] salt, byte[] storedKey, byte[] serverKey, int iterations) {

  @Override
  public String toString() {
    return "ScramCredential[iterations=" + iterations + "]";
  }
}
