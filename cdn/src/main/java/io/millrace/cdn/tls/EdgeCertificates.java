package io.millrace.cdn.tls;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.tls.FileBacked;
import io.millrace.core.tls.KeyAndChain;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An edge's certificates, found by the name that a client asks for (SNI, RFC 6066): the whole name
 * first, then a wildcard for its first label, then the first certificate. A changed file is taken
 * over by connections that come after it, with the names that are in it then.
 *
 * <p>Any thread.
 */
public final class EdgeCertificates {

  private static final int DNS_NAME = 2;

  private final EdgeTlsSettings settings;
  private final TicketKeys tickets;
  private final List<FileBacked<Certificate>> certificates = new ArrayList<>();
  private final AtomicLong checkedNanos = new AtomicLong(System.nanoTime());
  private volatile Index index;

  /** A certificate as connections use it. */
  private record Certificate(SslContext context, List<String> names) {}

  private record Index(
      List<Certificate> all, Map<String, SslContext> byName, SslContext forOthers) {}

  /**
   * Reads the files.
   *
   * @param random makes the keys of session tickets
   * @throws SettingException when they cannot be used
   */
  public EdgeCertificates(EdgeTlsSettings settings, Clock clock, SecureRandom random) {
    this.settings = settings;
    this.tickets = new TicketKeys(clock, random);
    for (EdgeTlsSettings.Files files : settings.certificates()) {
      try {
        certificates.add(
            new FileBacked<>(
                List.of(files.chain(), files.key()), settings.checkInterval(), () -> load(files)));
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        throw new SettingException(
            "edge.tls.certificates[].certificate",
            "is " + files.chain() + ", which cannot be used (" + e.getMessage() + ")",
            "PEM files of a certificate chain and, in edge.tls.certificates[].key, of its private"
                + " key as PKCS #8");
      }
    }
    this.index = index();
  }

  /**
   * The context for a client.
   *
   * @param name that it asks for, or null
   */
  public SslContext find(@Nullable String name) {
    refresh();
    Index now = index;
    if (name == null) {
      return now.forOthers();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    SslContext exact = now.byName().get(lower);
    if (exact != null) {
      return exact;
    }
    int dot = lower.indexOf('.');
    SslContext wildcard = dot < 0 ? null : now.byName().get("*" + lower.substring(dot));
    return wildcard == null ? now.forOthers() : wildcard;
  }

  /** How often changed files have been taken over. */
  public long reloads() {
    return certificates.stream().mapToLong(FileBacked::reloads).sum();
  }

  /** How often changed files could not be used. */
  public long failedReloads() {
    return certificates.stream().mapToLong(FileBacked::failedReloads).sum();
  }

  private void refresh() {
    long now = System.nanoTime();
    long checked = checkedNanos.get();
    if (now - checked < settings.checkInterval().toNanos()
        || !checkedNanos.compareAndSet(checked, now)) {
      return;
    }
    boolean turned = tickets.turnIfDue();
    Index before = index;
    Index after = index();
    if (!after.all().equals(before.all())) {
      index = after;
    }
    if (turned) {
      after.all().forEach(each -> tickets.applyTo(each.context()));
    }
  }

  private Index index() {
    List<Certificate> all = new ArrayList<>();
    Map<String, SslContext> byName = new HashMap<>();
    for (FileBacked<Certificate> each : certificates) {
      Certificate now = each.current();
      all.add(now);
      now.names().forEach(name -> byName.putIfAbsent(name, now.context()));
    }
    return new Index(all, byName, all.getFirst().context());
  }

  private Certificate load(EdgeTlsSettings.Files files)
      throws IOException, GeneralSecurityException {
    KeyAndChain own = KeyAndChain.read(files.chain(), files.key());
    SslContext context =
        SslContextBuilder.forServer(own.key(), own.chain())
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(
                settings.oldest() == EdgeTlsSettings.Version.TLS_1_3
                    ? List.of("TLSv1.3")
                    : List.of("TLSv1.3", "TLSv1.2"))
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1))
            .build();
    tickets.applyTo(context);
    return new Certificate(context, names(own.chain().getFirst()));
  }

  /** The names that a certificate is for: alternative names, as nobody looks at the subject now. */
  private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> each : alternatives) {
        if (each.get(0) instanceof Integer kind && kind == DNS_NAME) {
          names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }
}
