package io.millrace.app.config;

import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.core.tls.ClientCertificate;
import java.nio.file.Path;
import java.util.List;

/** Who clients of AMQP are, and what they may do. */
public final class AmqpSecurityKeys {

  public static final Key<Boolean> PLAINTEXT =
      new Key<>(
          "amqp.plaintext",
          Kind.SWITCH,
          "true",
          "Whether `amqp.port` is open; without it there is only the port of TLS.");
  public static final Key<Integer> TLS_PORT =
      new Key<>(
          "amqp.tls.port",
          Kind.PORT,
          "5671",
          "Port of AMQP over TLS (`amqps`), open when there is a certificate; 0 for any free one.");
  public static final Key<Path> TLS_CERTIFICATE =
      new Key<>(
          "amqp.tls.certificate",
          Kind.PATH,
          null,
          "PEM file of the node's certificate and those that lead to its authority; read again"
              + " when it changes.");
  public static final Key<Path> TLS_KEY =
      new Key<>(
          "amqp.tls.key",
          Kind.PATH,
          null,
          "PEM file of the certificate's private key (PKCS #8, without a password).");
  public static final Key<ClientCertificate> TLS_CLIENT_CERTIFICATE =
      new Key<>(
          "amqp.tls.client-certificate",
          Kind.oneOf(ClientCertificate.class),
          "none",
          "Whether clients show a certificate of their own, with which they may log in by SASL"
              + " EXTERNAL.");
  public static final Key<Path> TLS_CLIENT_CA =
      new Key<>(
          "amqp.tls.client-ca",
          Kind.PATH,
          null,
          "PEM file of the authorities whose client certificates are valid.");
  public static final Key<CertificateLogin> TLS_LOGIN_FROM =
      new Key<>(
          "amqp.tls.login-from",
          Kind.oneOf(CertificateLogin.class),
          "distinguished-name",
          "What of a client's certificate is the name of the user: the whole subject, as in"
              + " `CN=alice,O=Example`, or its common name.");
  public static final Key<String> LOOPBACK_USERS =
      new Key<>(
          "amqp.loopback-users",
          Kind.TEXT,
          "guest",
          "Users who may connect from this machine only, separated by commas.");

  /** Path of the list of users. */
  public static final String USERS = "amqp.users[]";

  public static final Key<String> USER_NAME =
      new Key<>(
          "amqp.users[].name",
          Kind.TEXT,
          null,
          "A user who is made at the start, with all permissions in `amqp.virtual-hosts`, unless"
              + " there is one of the name. A node without users gets `guest` with the password"
              + " `guest`.");
  public static final Key<String> USER_PASSWORD =
      new Key<>("amqp.users[].password", Kind.TEXT, null, "The user's password.");
  public static final Key<String> USER_TAGS =
      new Key<>(
          "amqp.users[].tags",
          Kind.TEXT,
          null,
          "What the user may administer: `administrator`, `monitoring`, `policymaker`,"
              + " `management`, separated by commas.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PLAINTEXT,
          TLS_PORT,
          TLS_CERTIFICATE,
          TLS_KEY,
          TLS_CLIENT_CERTIFICATE,
          TLS_CLIENT_CA,
          TLS_LOGIN_FROM,
          LOOPBACK_USERS,
          USER_NAME,
          USER_PASSWORD,
          USER_TAGS);

  private AmqpSecurityKeys() {}
}
