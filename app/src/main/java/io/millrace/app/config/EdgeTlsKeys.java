package io.millrace.app.config;

import io.millrace.cdn.tls.EdgeTlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The encrypted port of the HTTP edge, and HTTP/2. */
public final class EdgeTlsKeys {

  public static final Key<Integer> PORT =
      new Key<>(
          "edge.tls.port",
          Kind.PORT,
          "8443",
          "Port of the edge over TLS, open when there is a certificate; 0 for any free one.");

  /** Path of the list of certificates. */
  public static final String CERTIFICATES = "edge.tls.certificates[]";

  public static final Key<Path> CERTIFICATE =
      new Key<>(
          "edge.tls.certificates[].certificate",
          Kind.PATH,
          null,
          "PEM file of a certificate and those that lead to its authority; it is shown to clients"
              + " that ask for one of its names, the first one to all others. Read again when it"
              + " changes.");
  public static final Key<Path> CERTIFICATE_KEY =
      new Key<>(
          "edge.tls.certificates[].key",
          Kind.PATH,
          null,
          "PEM file of the certificate's private key (PKCS #8, without a password).");
  public static final Key<EdgeTlsSettings.Version> OLDEST_VERSION =
      new Key<>(
          "edge.tls.oldest-version",
          Kind.oneOf(EdgeTlsSettings.Version.class),
          "tls-1-2",
          "The oldest version of TLS that is spoken.");
  public static final Key<Boolean> REDIRECT =
      new Key<>(
          "edge.tls.redirect",
          Kind.SWITCH,
          "false",
          "Whether requests to `edge.port` are sent on to the port of TLS, save those of"
              + " authorities that check who owns a name (`/.well-known/acme-challenge/`).");
  public static final Key<Duration> STRICT_TRANSPORT =
      new Key<>(
          "edge.tls.strict-transport",
          Kind.DURATION,
          "0s",
          "How long browsers are told to use TLS only (Strict-Transport-Security); 0s for nothing.");
  public static final Key<Integer> MAX_STREAMS =
      new Key<>(
          "edge.http2.max-streams",
          Kind.count(1, 10_000),
          "128",
          "Requests that one HTTP/2 connection may have under way.");
  public static final Key<Duration> DRAIN_TIMEOUT =
      new Key<>(
          "edge.drain-timeout",
          Kind.DURATION,
          "5s",
          "How long requests under way may take to end when the node is stopped.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PORT,
          CERTIFICATE,
          CERTIFICATE_KEY,
          OLDEST_VERSION,
          REDIRECT,
          STRICT_TRANSPORT,
          MAX_STREAMS,
          DRAIN_TIMEOUT);

  private EdgeTlsKeys() {}
}
