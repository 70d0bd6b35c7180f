package io.millrace.core.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate with its private key.
 *
 * @param chain the certificate, and those that lead to its authority; not empty
 */
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {

  /** Copies the chain. */
  public KeyAndChain {
    chain = List.copyOf(chain);
  }

  /**
   * Reads PEM files.
   *
   * @param key PKCS #8, not encrypted
   * @throws GeneralSecurityException when they are malformed, or do not belong together
   */
  public static KeyAndChain read(Path chain, Path key)
      throws IOException, GeneralSecurityException {
    KeyAndChain read = new KeyAndChain(PemKey.read(key), certificates(chain));
    read.checkKeyFitsCertificate(key);
    return read;
  }

  /** Reads all certificates of a PEM file; at least one. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> read = new ArrayList<>();
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        read.add((X509Certificate) each);
      }
      if (read.isEmpty()) {
        throw new GeneralSecurityException(file + " has no BEGIN CERTIFICATE");
      }
      return read;
    }
  }

  /** Signs with the one and verifies with the other. */
  private void checkKeyFitsCertificate(Path file) throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = {1, 2, 3};
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(probe);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(chain.getFirst().getPublicKey());
    verifying.update(probe);
    if (!verifying.verify(signature)) {
      throw new GeneralSecurityException("the key in " + file + " is not that of the certificate");
    }
  }
}
