package io.millrace.app.config;

import io.millrace.core.tls.ClientCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Who clients of the Kafka protocol are, and what they may do. */
public final class KafkaSecurityKeys {

  public static final Key<Path> TLS_CERTIFICATE =
      new Key<>(
          "kafka.tls.certificate",
          Kind.PATH,
          null,
          "PEM file of the node's certificate and those that lead to its authority; read again"
              + " when it changes.");
  public static final Key<Path> TLS_KEY =
      new Key<>(
          "kafka.tls.key",
          Kind.PATH,
          null,
          "PEM file of the certificate's private key (PKCS #8, without a password).");
  public static final Key<ClientCertificate> TLS_CLIENT_CERTIFICATE =
      new Key<>(
          "kafka.tls.client-certificate",
          Kind.oneOf(ClientCertificate.class),
          "none",
          "Whether clients show a certificate of their own, whose subject they then are.");
  public static final Key<Path> TLS_CLIENT_CA =
      new Key<>(
          "kafka.tls.client-ca",
          Kind.PATH,
          null,
          "PEM file of the authorities whose client certificates are valid.");
  public static final Key<String> SASL_MECHANISMS =
      new Key<>(
          "kafka.sasl.mechanisms",
          Kind.TEXT,
          null,
          "Which of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER are served, separated by"
              + " commas.");

  /** Path of the list of users of PLAIN. */
  public static final String SASL_USERS = "kafka.sasl.users[]";

  public static final Key<String> SASL_USER_NAME =
      new Key<>("kafka.sasl.users[].name", Kind.TEXT, null, "A user of PLAIN.");
  public static final Key<String> SASL_USER_PASSWORD =
      new Key<>("kafka.sasl.users[].password", Kind.TEXT, null, "The user's password.");
  public static final Key<Duration> SASL_SESSION_LIFETIME =
      new Key<>(
          "kafka.sasl.session-lifetime",
          Kind.DURATION,
          "0s",
          "Clients must authenticate themselves again within this; 0s for never.");
  public static final Key<String> OAUTH_JWKS =
      new Key<>(
          "kafka.sasl.oauth.jwks",
          Kind.TEXT,
          null,
          "Address of the token issuer's public keys: `https:`, `http:` or `file:`.");
  public static final Key<String> OAUTH_ISSUER =
      new Key<>(
          "kafka.sasl.oauth.issuer", Kind.TEXT, null, "The `iss` that tokens must have, if any.");
  public static final Key<String> OAUTH_AUDIENCE =
      new Key<>(
          "kafka.sasl.oauth.audience",
          Kind.TEXT,
          null,
          "The `aud` that tokens must name, if any; several separated by commas.");
  public static final Key<String> OAUTH_PRINCIPAL_CLAIM =
      new Key<>(
          "kafka.sasl.oauth.principal-claim",
          Kind.TEXT,
          "sub",
          "The claim of a token that says who its bearer is.");
  public static final Key<Boolean> ACL_ENABLED =
      new Key<>(
          "kafka.authorizer.enabled",
          Kind.SWITCH,
          "false",
          "Whether requests are checked against access control lists.");
  public static final Key<String> ACL_SUPER_USERS =
      new Key<>(
          "kafka.authorizer.super-users",
          Kind.TEXT,
          null,
          "Who may do everything, such as `User:admin;User:CN=ops`; separated by semicolons.");
  public static final Key<Boolean> ACL_ALLOW_IF_NONE_FOUND =
      new Key<>(
          "kafka.authorizer.allow-if-none-found",
          Kind.SWITCH,
          "false",
          "Whether everybody may use what no entry is about.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          TLS_CERTIFICATE,
          TLS_KEY,
          TLS_CLIENT_CERTIFICATE,
          TLS_CLIENT_CA,
          SASL_MECHANISMS,
          SASL_USER_NAME,
          SASL_USER_PASSWORD,
          SASL_SESSION_LIFETIME,
          OAUTH_JWKS,
          OAUTH_ISSUER,
          OAUTH_AUDIENCE,
          OAUTH_PRINCIPAL_CLAIM,
          ACL_ENABLED,
          ACL_SUPER_USERS,
          ACL_ALLOW_IF_NONE_FOUND);

  private KafkaSecurityKeys() {}
}
