package io.millrace.amqp.connection;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is encrypted, in the terms of RabbitMQ, which are those of Erlang.
 *
 * @param protocol such as {@code tlsv1.3}
 * @param keyExchange such as {@code ecdhe_rsa}; {@code any} with TLS 1.3
 * @param cipher such as {@code aes_256_gcm}
 * @param hash that authenticates a record, or {@code aead} where the cipher does
 * @param peerSubject of the client's certificate; empty when it has shown none
 * @param peerIssuer of the same
 * @param peerValidity of the same: first and last second, such as {@code 2026-01-01T00:00:00Z -
 *     2027-01-01T00:00:00Z}
 */
public record EncryptionStatus(
    String protocol,
    String keyExchange,
    String cipher,
    String hash,
    String peerSubject,
    String peerIssuer,
    String peerValidity) {

  /** Not encrypted. */
  public static final EncryptionStatus NONE = new EncryptionStatus("", "", "", "", "", "", "");

  static EncryptionStatus of(SSLSession session) {
    String suite = session.getCipherSuite().replaceFirst("^TLS_", "").toLowerCase(Locale.ROOT);
    int with = suite.indexOf("_with_");
    String exchange = with < 0 ? "any" : suite.substring(0, with);
    String rest = with < 0 ? suite : suite.substring(with + "_with_".length());
    int last = rest.lastIndexOf('_');
    String cipher = last < 0 ? rest : rest.substring(0, last);
    boolean authenticates =
        cipher.endsWith("_gcm") || cipher.endsWith("_ccm") || cipher.endsWith("_poly1305");
    String hash = authenticates ? "aead" : rest.substring(last + 1);
    X509Certificate peer = peer(session);
    return new EncryptionStatus(
        session.getProtocol().toLowerCase(Locale.ROOT),
        exchange,
        cipher,
        hash,
        peer == null ? "" : peer.getSubjectX500Principal().getName(),
        peer == null ? "" : peer.getIssuerX500Principal().getName(),
        peer == null
            ? ""
            : DateTimeFormatter.ISO_INSTANT.format(peer.getNotBefore().toInstant())
                + " - "
                + DateTimeFormatter.ISO_INSTANT.format(peer.getNotAfter().toInstant()));
  }

  private static @Nullable X509Certificate peer(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate first ? first : null;
    } catch (SSLPeerUnverifiedException e) {
      // The client has shown none, and need not.
      return null;
    }
  }
}
