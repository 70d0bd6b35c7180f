package io.millrace.core.tls;

import io.millrace.core.SettingException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The node's side of TLS, with the certificates that its files hold now. A new certificate is taken
 * over by connections that come after it, without a restart; while the files do not belong together
 * (one is written, the other not yet) the certificate of before stays in use.
 *
 * <p>Any thread.
 */
public final class ServerTls {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final char[] NO_PASSWORD = {};

  private final TlsSettings settings;
  private final FileBacked<SSLContext> context;

  /**
   * Reads the files.
   *
   * @throws SettingException when they cannot be used
   */
  public ServerTls(TlsSettings settings) {
    this.settings = settings;
    try {
      context = new FileBacked<>(files(), settings.checkInterval(), this::load);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new SettingException(
          settings.prefix() + ".certificate",
          "is " + settings.certificateChain() + ", which cannot be used (" + e.getMessage() + ")",
          "PEM files of a certificate chain and, in "
              + settings.prefix()
              + ".key, of its private key as PKCS #8");
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(settings.certificateChain(), settings.key()));
    Path authorities = settings.clientAuthorities();
    if (authorities != null) {
      files.add(authorities);
    }
    return files;
  }

  /** An engine for a client that has just connected, which begins the handshake. */
  public SSLEngine newEngine() {
    SSLEngine engine = context.current().createSSLEngine();
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
    return context.reloads();
  }

  /** How often changed files could not be used. */
  public long failedReloads() {
    return context.failedReloads();
  }

  private SSLContext load() throws IOException, GeneralSecurityException {
    KeyAndChain own = KeyAndChain.read(settings.certificateChain(), settings.key());
    KeyStore keys = emptyStore();
    keys.setKeyEntry("node", own.key(), NO_PASSWORD, own.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keyManagers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, NO_PASSWORD);
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(keyManagers.getKeyManagers(), trustManagers(), null);
    return made;
  }

  /** Null for those of the JDK, where clients show no certificates. */
  private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
    Path authorities = settings.clientAuthorities();
    if (authorities == null) {
      return null;
    }
    KeyStore trusted = emptyStore();
    int count = 0;
    for (X509Certificate authority : KeyAndChain.certificates(authorities)) {
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
}
