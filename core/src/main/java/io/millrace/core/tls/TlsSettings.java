package io.millrace.core.tls;

import io.millrace.core.SettingException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a node shows to clients, and what it asks of them.
 *
 * @param prefix of the settings' names, such as {@code kafka.tls}, for messages
 * @param certificateChain PEM file of the node's certificate and those that lead to its authority
 * @param key PEM file of the certificate's private key (PKCS #8, not encrypted)
 * @param clientCertificate whether clients show one
 * @param clientAuthorities PEM file of the authorities whose client certificates are valid; needed
 *     unless clients show none
 * @param checkInterval the files are looked at for changes this often at most, when a client
 *     connects
 */
public record TlsSettings(
    String prefix,
    Path certificateChain,
    Path key,
    ClientCertificate clientCertificate,
    @Nullable Path clientAuthorities,
    Duration checkInterval) {

  /** Checks what belongs together. */
  public TlsSettings {
    if (clientCertificate != ClientCertificate.NONE && clientAuthorities == null) {
      throw new SettingException(
          prefix + ".client-ca",
          "is missing while " + prefix + ".client-certificate is not none",
          "a PEM file of the authorities that sign clients' certificates");
    }
  }

  /** Of a node that asks for no client certificates. */
  public static TlsSettings of(String prefix, Path certificateChain, Path key) {
    return new TlsSettings(
        prefix, certificateChain, key, ClientCertificate.NONE, null, Duration.ofSeconds(1));
  }

  /** With client certificates, wanted or required. */
  public TlsSettings withClients(ClientCertificate wanted, Path authorities) {
    return new TlsSettings(prefix, certificateChain, key, wanted, authorities, checkInterval);
  }

  /** With another time between two looks at the files. */
  public TlsSettings withCheckInterval(Duration interval) {
    return new TlsSettings(
        prefix, certificateChain, key, clientCertificate, clientAuthorities, interval);
  }
}
