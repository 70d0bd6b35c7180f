package io.millrace.kafka.tls;

import io.millrace.core.SettingException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's side of TLS, with the certificates that its files hold now. A new certificate is taken
 * over by connections that come after it, without a restart; while the files do not belong together
 * (one is written, the other not yet) the certificate of before stays in use.
 *
 * <p>Any thread.
 */
public final class ServerTls {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final TlsSettings settings;
  private final LongAdder reloads = new LongAdder();
  private final LongAdder failedReloads = new LongAdder();
  private final AtomicLong checkedNanos = new AtomicLong(System.nanoTime());
  private volatile Loaded loaded;

  /** A context, and how its files looked before they were read. */
  private record Loaded(SslContext context, List<String> stamps) {}

  /**
   * Reads the files.
   *
   * @throws SettingException when they cannot be used
   */
  public ServerTls(TlsSettings settings) {
    this.settings = settings;
    try {
      loaded = load();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new SettingException(
          "kafka.tls.certificate",
          "is " + settings.certificateChain() + ", which cannot be used (" + e.getMessage() + ")",
          "PEM files of a certificate chain and, in kafka.tls.key, of its private key as PKCS #8");
    }
  }

  /** A handler for a client that has just connected. */
  public SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
    SslHandler handler = current().newHandler(allocator);
    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
    return handler;
  }

  /** How often changed files have been taken over. */
  public long reloads() {
    return reloads.sum();
  }

  /** How often changed files could not be used. */
  public long failedReloads() {
    return failedReloads.sum();
  }

  private SslContext current() {
    long now = System.nanoTime();
    long checked = checkedNanos.get();
    if (now - checked >= settings.checkInterval().toNanos()
        && checkedNanos.compareAndSet(checked, now)) {
      reloadIfChanged();
    }
    return loaded.context();
  }

  private void reloadIfChanged() {
    try {
      if (!stamps().equals(loaded.stamps())) {
        loaded = load();
        reloads.increment();
        LOG.info("The certificate in {} is in use from now on", settings.certificateChain());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      failedReloads.increment();
      LOG.warn(
          "The changed certificate in {} cannot be used; the one of before stays: {}",
          settings.certificateChain(),
          e.getMessage());
    }
  }

  private Loaded load() throws IOException, GeneralSecurityException {
    List<String> stamps = stamps();
    SslContextBuilder builder =
        SslContextBuilder.forServer(settings.certificateChain().toFile(), settings.key().toFile())
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .clientAuth(
                switch (settings.clientCertificate()) {
                  case NONE -> ClientAuth.NONE;
                  case WANT -> ClientAuth.OPTIONAL;
                  case REQUIRED -> ClientAuth.REQUIRE;
                });
    Path authorities = settings.clientAuthorities();
    if (authorities != null) {
      builder.trustManager(authorities.toFile());
    }
    checkKeyFitsCertificate();
    return new Loaded(builder.build(), stamps);
  }

  /** Signs with the one and verifies with the other. */
  private void checkKeyFitsCertificate() throws IOException, GeneralSecurityException {
    X509Certificate certificate;
    try (InputStream in = new FileInputStream(settings.certificateChain().toFile())) {
      certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    PrivateKey key = PemKey.read(settings.key());
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
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(probe);
    if (!verifying.verify(signature)) {
      throw new GeneralSecurityException(
          "the key in " + settings.key() + " is not that of the certificate");
    }
  }

  private List<String> stamps() throws IOException {
    List<String> stamps = new ArrayList<>();
    stamps.add(stamp(settings.certificateChain()));
    stamps.add(stamp(settings.key()));
    Path authorities = settings.clientAuthorities();
    if (authorities != null) {
      stamps.add(stamp(authorities));
    }
    return stamps;
  }

  private static String stamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
  }
}
