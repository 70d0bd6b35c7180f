package io.millrace.kafka;

import io.millrace.core.SettingException;
import io.millrace.kafka.quota.ConnectionQuotaSettings;
import io.millrace.kafka.quota.IpOverrides;
import io.millrace.kafka.quota.QuotaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the Kafka port behaves. Start from {@link #defaults} and change what differs.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one ({@code kafka.port})
 * @param advertisedHost name that clients are told to connect to ({@code advertised.listeners});
 *     null for {@code host}, or the machine's loopback name when that is a wildcard
 * @param advertisedPort port that clients are told; 0 for the one that was bound
 * @param eventLoops threads that read and write sockets ({@code num.network.threads}); 0 for half
 *     the processors
 * @param autoCreateTopics whether a topic that a client asks for is made ({@code
 *     auto.create.topics.enable})
 * @param maxRequestBytes longest Produce request ({@code socket.request.max.bytes})
 * @param maxControlRequestBytes longest request of any other API
 * @param maxFetchBytes most record bytes in one Fetch answer ({@code fetch.max.bytes})
 * @param maxRequestsPerConnection requests of one connection that may be unanswered before its
 *     socket is left unread
 * @param maxRequestBytesPerConnection bytes of those requests
 * @param maxRequestBytesInFlight bytes of unanswered requests of all connections ({@code
 *     queued.max.request.bytes})
 * @param connectionQuotas how many connections there may be, and come in a second
 * @param idleTimeout connections without traffic are closed after this ({@code
 *     connections.max.idle.ms})
 * @param arrivalTimeout a request, a handshake or an authentication that stops half-way closes its
 *     connection after this
 * @param security TLS, SASL and further ports
 * @param maxTelemetryBytes longest push of a client's metrics, as it is sent ({@code
 *     telemetry.max.bytes})
 * @param quotas over which time clients' use is averaged
 */
public record KafkaSettings(
    String host,
    int port,
    @Nullable String advertisedHost,
    int advertisedPort,
    int eventLoops,
    boolean autoCreateTopics,
    int maxRequestBytes,
    int maxControlRequestBytes,
    int maxFetchBytes,
    int maxRequestsPerConnection,
    long maxRequestBytesPerConnection,
    long maxRequestBytesInFlight,
    ConnectionQuotaSettings connectionQuotas,
    Duration idleTimeout,
    Duration arrivalTimeout,
    int maxTelemetryBytes,
    SecuritySettings security,
    QuotaSettings quotas) {

  private static final int MIB = 1 << 20;

  /** Checks the ranges. */
  public KafkaSettings {
    check("kafka.port", port, 0, 65_535);
    check("kafka.advertised.port", advertisedPort, 0, 65_535);
    check("num.network.threads", eventLoops, 0, 1024);
    check("socket.request.max.bytes", maxRequestBytes, 1024, Integer.MAX_VALUE - 4096);
    check("control.request.max.bytes", maxControlRequestBytes, 1024, maxRequestBytes);
    check("fetch.max.bytes", maxFetchBytes, 1024, Integer.MAX_VALUE / 2);
    check("max.requests.per.connection", maxRequestsPerConnection, 1, 10_000);
    check("max.request.bytes.per.connection", maxRequestBytesPerConnection, 1024, Long.MAX_VALUE);
    check("queued.max.request.bytes", maxRequestBytesInFlight, 1024, Long.MAX_VALUE);
    check("connections.max.idle.ms", idleTimeout.toMillis(), 1, Long.MAX_VALUE);
    check("telemetry.max.bytes", maxTelemetryBytes, 1, Integer.MAX_VALUE);
    check("request.arrival.timeout.ms", arrivalTimeout.toMillis(), 1, Long.MAX_VALUE);
  }

  private static void check(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(setting, "is " + value, least + " to " + most);
    }
  }

  /** Kafka's defaults where Kafka has the setting; port 9092 on all addresses. */
  public static KafkaSettings defaults() {
    return new KafkaSettings(
        "0.0.0.0",
        9092,
        null,
        0,
        0,
        true,
        100 * MIB,
        4 * MIB,
        55 * MIB,
        100,
        16 * MIB,
        128 * MIB,
        ConnectionQuotaSettings.DEFAULT,
        Duration.ofMinutes(10),
        Duration.ofSeconds(30),
        MIB,
        SecuritySettings.NONE,
        QuotaSettings.DEFAULT);
  }

  /** All ports, the one that {@link #port} names first. */
  public List<ListenerSettings> listeners() {
    List<ListenerSettings> all = new ArrayList<>();
    all.add(
        new ListenerSettings(
            "kafka", host, port, security.protocol(), advertisedHost, advertisedPort));
    all.addAll(security.listeners());
    return all;
  }

  /** With other security. */
  public KafkaSettings withSecurity(SecuritySettings newSecurity) {
    return copy(arrivalTimeout, newSecurity, quotas);
  }

  /** With another patience for what stops half-way. */
  public KafkaSettings withArrivalTimeout(Duration timeout) {
    return copy(timeout, security, quotas);
  }

  /** With another time over which clients' use is averaged. */
  public KafkaSettings withQuotas(QuotaSettings newQuotas) {
    return copy(arrivalTimeout, security, newQuotas);
  }

  private KafkaSettings copy(
      Duration newArrivalTimeout, SecuritySettings newSecurity, QuotaSettings newQuotas) {
    return new KafkaSettings(
        host,
        port,
        advertisedHost,
        advertisedPort,
        eventLoops,
        autoCreateTopics,
        maxRequestBytes,
        maxControlRequestBytes,
        maxFetchBytes,
        maxRequestsPerConnection,
        maxRequestBytesPerConnection,
        maxRequestBytesInFlight,
        connectionQuotas,
        idleTimeout,
        newArrivalTimeout,
        maxTelemetryBytes,
        newSecurity,
        newQuotas);
  }

  /** With another address and port to listen on. */
  public KafkaSettings listenOn(String newHost, int newPort) {
    return copy(newHost, newPort, advertisedHost, advertisedPort, eventLoops, autoCreateTopics);
  }

  /** With another address for clients. */
  public KafkaSettings advertise(@Nullable String newHost, int newPort) {
    return copy(host, port, newHost, newPort, eventLoops, autoCreateTopics);
  }

  /** With another number of threads. */
  public KafkaSettings withEventLoops(int newEventLoops) {
    return copy(host, port, advertisedHost, advertisedPort, newEventLoops, autoCreateTopics);
  }

  /** With topics made on demand, or not. */
  public KafkaSettings withAutoCreateTopics(boolean newAutoCreate) {
    return copy(host, port, advertisedHost, advertisedPort, eventLoops, newAutoCreate);
  }

  private KafkaSettings copy(
      String newHost,
      int newPort,
      @Nullable String newAdvertisedHost,
      int newAdvertisedPort,
      int newEventLoops,
      boolean newAutoCreate) {
    return new KafkaSettings(
        newHost,
        newPort,
        newAdvertisedHost,
        newAdvertisedPort,
        newEventLoops,
        newAutoCreate,
        maxRequestBytes,
        maxControlRequestBytes,
        maxFetchBytes,
        maxRequestsPerConnection,
        maxRequestBytesPerConnection,
        maxRequestBytesInFlight,
        connectionQuotas,
        idleTimeout,
        arrivalTimeout,
        maxTelemetryBytes,
        security,
        quotas);
  }

  /** Those settings that Kafka has too, by its names, for clients that ask. */
  Map<String, String> byName() {
    Map<String, String> byName = new TreeMap<>();
    byName.put("num.network.threads", Integer.toString(eventLoopThreads()));
    byName.put("auto.create.topics.enable", Boolean.toString(autoCreateTopics));
    byName.put("socket.request.max.bytes", Integer.toString(maxRequestBytes));
    byName.put("fetch.max.bytes", Integer.toString(maxFetchBytes));
    byName.put("queued.max.request.bytes", Long.toString(maxRequestBytesInFlight));
    byName.put("telemetry.max.bytes", Integer.toString(maxTelemetryBytes));
    byName.put("quota.window.num", Integer.toString(quotas.windows()));
    byName.put("quota.window.size.seconds", Long.toString(quotas.window().toSeconds()));
    byName.put("max.connections", Integer.toString(connectionQuotas.maxConnections()));
    byName.put("max.connections.per.ip", Integer.toString(connectionQuotas.maxPerIp()));
    byName.put(
        "max.connections.per.ip.overrides", IpOverrides.text(connectionQuotas.maxPerIpOverrides()));
    byName.put(
        "max.connection.creation.rate", Integer.toString(connectionQuotas.maxCreationRate()));
    byName.put("connections.max.idle.ms", Long.toString(idleTimeout.toMillis()));
    return byName;
  }

  int eventLoopThreads() {
    return eventLoops > 0
        ? eventLoops
        : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }
}
