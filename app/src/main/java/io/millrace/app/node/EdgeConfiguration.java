package io.millrace.app.node;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.EdgeTlsKeys;
import io.millrace.app.config.Keys;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.tls.EdgeTlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a configuration means for the ports of the edge. */
final class EdgeConfiguration {

  private EdgeConfiguration() {}

  static EdgeSettings of(Configuration configuration) {
    EdgeSettings usual =
        EdgeSettings.on(configuration.get(Keys.HOST), configuration.get(EdgeKeys.PORT));
    int threads = configuration.get(EdgeKeys.THREADS);
    return new EdgeSettings(
        usual.host(),
        usual.port(),
        threads == 0 ? usual.threads() : threads,
        usual.transport(),
        configuration.get(EdgeKeys.CACHE_SIZE),
        disk(configuration),
        usual.maxWaitingPerFetch(),
        limits(configuration),
        Http2Limits.DEFAULT.withMaxStreams(configuration.get(EdgeTlsKeys.MAX_STREAMS)),
        tls(configuration),
        configuration.get(EdgeTlsKeys.DRAIN_TIMEOUT));
  }

  private static @Nullable DiskSettings disk(Configuration configuration) {
    long size = configuration.get(EdgeKeys.DISK_SIZE);
    Path folder = configuration.find(EdgeKeys.DISK_FOLDER);
    return size == 0
        ? null
        : new DiskSettings(
            folder == null ? configuration.get(Keys.DATA).resolve("edge-cache") : folder,
            size,
            configuration.get(EdgeKeys.DISK_MAX_OBJECT_SIZE));
  }

  private static EdgeLimits limits(Configuration configuration) {
    EdgeLimits usual = EdgeLimits.DEFAULT;
    return new EdgeLimits(
        configuration.get(EdgeKeys.MAX_CONNECTIONS),
        usual.head(),
        usual.maxBodyBytes(),
        usual.headTimeout(),
        usual.idleTimeout(),
        usual.bodyTimeout(),
        usual.writeTimeout(),
        usual.viewerBufferBytes(),
        usual.viewerPatience(),
        usual.heartbeat());
  }

  private static @Nullable EdgeTlsSettings tls(Configuration configuration) {
    List<EdgeTlsSettings.Files> certificates = new ArrayList<>();
    for (Configuration each : configuration.list(EdgeTlsKeys.CERTIFICATES)) {
      certificates.add(
          new EdgeTlsSettings.Files(
              each.require(EdgeTlsKeys.CERTIFICATE), each.require(EdgeTlsKeys.CERTIFICATE_KEY)));
    }
    if (certificates.isEmpty()) {
      return null;
    }
    return new EdgeTlsSettings(
        configuration.get(EdgeTlsKeys.PORT),
        certificates,
        configuration.get(EdgeTlsKeys.OLDEST_VERSION),
        configuration.get(EdgeTlsKeys.REDIRECT),
        configuration.get(EdgeTlsKeys.STRICT_TRANSPORT),
        Duration.ofSeconds(1));
  }
}
