package io.millrace.core.tls;

/** Whether clients show a certificate of their own ({@code ssl.client.auth}). */
public enum ClientCertificate {
  NONE,
  /** One that is shown must be valid; who shows none is anonymous. */
  WANT,
  REQUIRED
}
