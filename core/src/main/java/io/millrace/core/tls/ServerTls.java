package io.millrace.core.tls;

import io.millrace.core.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
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

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final char[] NO_PASSWORD = {};

  private final TlsSettings settings;
  private final LongAdder reloads = new LongAdder();
  private final LongAdder failedReloads = new LongAdder();
  private final AtomicLong checkedNanos = new AtomicLong(System.nanoTime());
  private volatile Loaded loaded;

  /** A context, and how its files looked before they were read. */
  private record Loaded(SSLContext context, List<String> stamps) {}

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
          settings.prefix() + ".certificate",
          "is " + settings.certificateChain() + ", which cannot be used (" + e.getMessage() + ")",
          "PEM files of a certificate chain and, in "
              + settings.prefix()
              + ".key, of its private key as PKCS #8");
    }
  }

  /** An engine for a client that has just connected, which begins the handshake. */
  public SSLEngine newEngine() {
    SSLEngine engine = current().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(PROTOCOLS);
    switch (settings.clientCertificate()) {
      case NONE -> engine.setWantClientAuth(false);
      case WANT -> engine.setWantClientAuth(true);
      case REQUIRED -> engine.setNeedClientAuth(true);
    }
    return engine;
  }

  /** How often changed files have been taken over. */
  public long reloads() {
    return reloads.sum();
  }

  /** How often changed files could not be used. */
  public long failedReloads() {
    return failedReloads.sum();
  }

  private SSLContext current() {
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
    X509Certificate[] chain = certificates(settings.certificateChain());
    PrivateKey key = PemKey.read(settings.key());
    checkKeyFitsCertificate(key, chain[0]);
    KeyStore keys = emptyStore();
    keys.setKeyEntry("node", key, NO_PASSWORD, chain);
    KeyManagerFactory keyManagers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers(), null);
    return new Loaded(context, stamps);
  }

  /** Null for those of the JDK, where clients show no certificates. */
  private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
    Path authorities = settings.clientAuthorities();
    if (authorities == null) {
      return null;
    }
    KeyStore trusted = emptyStore();
    int count = 0;
    for (X509Certificate authority : certificates(authorities)) {
      trusted.setCertificateEntry("authority-" + count++, authority);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    return managers.getTrustManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static X509Certificate[] certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> read = new ArrayList<>();
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        read.add((X509Certificate) each);
      }
      if (read.isEmpty()) {
        throw new GeneralSecurityException(file + " has no BEGIN CERTIFICATE");
      }
      return read.toArray(X509Certificate[]::new);
    }
  }

  /** Signs with the one and verifies with the other. */
  private void checkKeyFitsCertificate(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
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
