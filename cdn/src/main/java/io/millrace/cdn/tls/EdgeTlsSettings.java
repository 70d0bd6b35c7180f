package io.millrace.cdn.tls;

import io.millrace.core.SettingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The encrypted port of an edge.
 *
 * @param port to listen on; 0 for any free one
 * @param certificates the first one is for clients that ask for no name, or for one that none has
 * @param oldest the oldest version of TLS that is spoken
 * @param redirects whether requests in plain text are sent on to the encrypted port
 * @param strictTransport how long browsers are told to use TLS only (RFC 6797); zero for nothing
 * @param checkInterval files of certificates are looked at for changes this often at most
 */
public record EdgeTlsSettings(
    int port,
    List<Files> certificates,
    Version oldest,
    boolean redirects,
    Duration strictTransport,
    Duration checkInterval) {

  /**
   * A certificate's files, in PEM.
   *
   * @param chain of the certificate and those that lead to its authority
   * @param key its private key as PKCS #8, not encrypted
   */
  public record Files(Path chain, Path key) {}

  /** A version of TLS. */
  public enum Version {
    TLS_1_2,
    TLS_1_3
  }

  /** Checks the ranges. */
  public EdgeTlsSettings {
    certificates = List.copyOf(certificates);
    if (port < 0 || port > 65535) {
      throw new SettingException("edge.tls.port", "is " + port, "a number from 0 to 65535");
    }
    if (certificates.isEmpty()) {
      throw new SettingException("edge.tls.certificates", "is empty", "one certificate or more");
    }
    if (strictTransport.isNegative()) {
      throw new SettingException(
          "edge.tls.strict-transport", "is " + strictTransport, "0s and more");
    }
  }

  /** TLS 1.2 and 1.3 with these certificates, and nothing said to who comes without. */
  public static EdgeTlsSettings of(int port, Files... certificates) {
    return new EdgeTlsSettings(
        port, List.of(certificates), Version.TLS_1_2, false, Duration.ZERO, Duration.ofSeconds(1));
  }

  /** With requests in plain text sent on, and browsers told to remember. */
  public EdgeTlsSettings withRedirects(Duration remembered) {
    return new EdgeTlsSettings(port, certificates, oldest, true, remembered, checkInterval);
  }

  /** With another oldest version. */
  public EdgeTlsSettings withOldest(Version version) {
    return new EdgeTlsSettings(
        port, certificates, version, redirects, strictTransport, checkInterval);
  }
}
