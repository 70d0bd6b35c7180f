package io.millrace.amqp.auth;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Which part of a client's certificate names the user ({@code ssl_cert_login_from}). */
public enum CertificateLogin {
  /** The whole subject as RFC 2253 writes it, such as {@code CN=alice,O=Example}. */
  DISTINGUISHED_NAME,
  /** The common name of the subject, such as {@code alice}. */
  COMMON_NAME;

  private static final String COMMON_NAME_TYPE = "CN";

  /** The user that a subject names, or null when it has no common name. */
  public @Nullable String user(X500Principal subject) {
    String distinguished = subject.getName(X500Principal.RFC2253);
    return this == DISTINGUISHED_NAME ? distinguished : commonName(distinguished);
  }

  private static @Nullable String commonName(String distinguished) {
    try {
      String found = null;
      // From the least specific to the most specific.
      for (Rdn each : new LdapName(distinguished).getRdns()) {
        if (each.getType().equalsIgnoreCase(COMMON_NAME_TYPE)
            && each.getValue() instanceof String name) {
          found = name;
        }
      }
      return found;
    } catch (InvalidNameException e) {
      return null;
    }
  }
}
