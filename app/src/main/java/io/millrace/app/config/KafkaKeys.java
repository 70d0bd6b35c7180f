package io.millrace.app.config;

import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.quota.IpOverrides;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The port of the Kafka protocol and its further ones. */
public final class KafkaKeys {

  public static final Key<Integer> PORT =
      new Key<>("kafka.port", Kind.PORT, "9092", "Port of the Kafka protocol; 0 for any free one.");
  public static final Key<String> ADVERTISED_HOST =
      new Key<>(
          "kafka.advertised-host",
          Kind.TEXT,
          null,
          "Name that clients are told to connect to; without it the address that is listened on.");
  public static final Key<Integer> ADVERTISED_PORT =
      new Key<>(
          "kafka.advertised-port",
          Kind.PORT,
          "0",
          "Port that clients are told to connect to; 0 for the one that is listened on.");
  public static final Key<Integer> THREADS =
      new Key<>(
          "kafka.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that read and write sockets; 0 for half the processors.");
  public static final Key<Boolean> AUTO_CREATE_TOPICS =
      new Key<>(
          "kafka.auto-create-topics",
          Kind.SWITCH,
          "true",
          "Whether a topic that a client asks for is made.");
  public static final Key<Long> MAX_REQUEST_SIZE =
      new Key<>(
          "kafka.max-request-size",
          Kind.bytesTo(1L << 30),
          "100MiB",
          "The longest Produce request; a longer one costs its connection.");
  public static final Key<Long> MAX_FETCH_SIZE =
      new Key<>(
          "kafka.max-fetch-size",
          Kind.bytesTo(1L << 30),
          "55MiB",
          "Most bytes of records in one answer to a consumer.");
  public static final Key<Long> MAX_BYTES_IN_FLIGHT =
      new Key<>(
          "kafka.max-bytes-in-flight",
          Kind.bytesTo(1L << 40),
          "128MiB",
          "Bytes of unanswered requests of all clients; past it sockets are left unread.");
  public static final Key<Integer> MAX_CONNECTIONS =
      new Key<>(
          "kafka.max-connections",
          Kind.count(1, 10_000_000),
          "20000",
          "Open connections of clients; further ones are refused.");
  public static final Key<Integer> MAX_CONNECTIONS_PER_IP =
      new Key<>(
          "kafka.max-connections-per-ip",
          Kind.count(0, Integer.MAX_VALUE),
          "2147483647",
          "Open connections from one address; further ones are refused.");
  public static final Key<Map<InetAddress, Integer>> MAX_CONNECTIONS_PER_IP_OVERRIDES =
      new Key<>(
          "kafka.max-connections-per-ip-overrides",
          new Kind<>(IpOverrides.ALLOWED, IpOverrides::parse),
          "",
          "The same for single addresses.");
  public static final Key<Integer> MAX_CONNECTION_CREATION_RATE =
      new Key<>(
          "kafka.max-connection-creation-rate",
          Kind.count(0, Integer.MAX_VALUE),
          "2147483647",
          "Connections that are accepted in a second, on all ports; others wait.");
  public static final Key<Duration> IDLE_TIMEOUT =
      new Key<>(
          "kafka.idle-timeout",
          Kind.DURATION,
          "10m",
          "Connections without traffic are closed after this.");
  public static final Key<Integer> QUOTA_WINDOWS =
      new Key<>(
          "kafka.quota.windows",
          Kind.count(1, 1000),
          "11",
          "Windows over which clients' rates are averaged for quotas.");
  public static final Key<Duration> QUOTA_WINDOW =
      new Key<>(
          "kafka.quota.window", Kind.DURATION, "1s", "How long one of them is, in whole seconds.");
  public static final Key<Long> TELEMETRY_MAX_SIZE =
      new Key<>(
          "kafka.telemetry.max-size",
          Kind.bytesTo(4L << 20),
          "1MiB",
          "The longest push of a client's metrics, as it is sent.");
  public static final Key<SecurityProtocol> PROTOCOL =
      new Key<>(
          "kafka.protocol",
          Kind.oneOf(SecurityProtocol.class),
          "plaintext",
          "How clients of `kafka.port` are secured: encrypted by TLS (`ssl`), authenticated by"
              + " SASL, both, or neither.");

  /** Path of the list of further ports. */
  public static final String LISTENERS = "kafka.listeners[]";

  public static final Key<String> LISTENER_NAME =
      new Key<>("kafka.listeners[].name", Kind.TEXT, null, "Name of a further port.");
  public static final Key<Integer> LISTENER_PORT =
      new Key<>("kafka.listeners[].port", Kind.PORT, null, "The port; 0 for any free one.");
  public static final Key<SecurityProtocol> LISTENER_PROTOCOL =
      new Key<>(
          "kafka.listeners[].protocol",
          Kind.oneOf(SecurityProtocol.class),
          "plaintext",
          "How its clients are secured.");
  public static final Key<String> LISTENER_HOST =
      new Key<>(
          "kafka.listeners[].host",
          Kind.TEXT,
          null,
          "Address that it listens on; without it that of all ports.");
  public static final Key<String> LISTENER_ADVERTISED_HOST =
      new Key<>(
          "kafka.listeners[].advertised-host",
          Kind.TEXT,
          null,
          "Name that its clients are told to connect to; without it the address listened on.");
  public static final Key<Integer> LISTENER_ADVERTISED_PORT =
      new Key<>(
          "kafka.listeners[].advertised-port",
          Kind.PORT,
          "0",
          "Port that its clients are told to connect to; 0 for the one that is listened on.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PORT,
          ADVERTISED_HOST,
          ADVERTISED_PORT,
          THREADS,
          AUTO_CREATE_TOPICS,
          MAX_REQUEST_SIZE,
          MAX_FETCH_SIZE,
          MAX_BYTES_IN_FLIGHT,
          MAX_CONNECTIONS,
          MAX_CONNECTIONS_PER_IP,
          MAX_CONNECTIONS_PER_IP_OVERRIDES,
          MAX_CONNECTION_CREATION_RATE,
          IDLE_TIMEOUT,
          QUOTA_WINDOWS,
          QUOTA_WINDOW,
          TELEMETRY_MAX_SIZE,
          PROTOCOL,
          LISTENER_NAME,
          LISTENER_PORT,
          LISTENER_PROTOCOL,
          LISTENER_HOST,
          LISTENER_ADVERTISED_HOST,
          LISTENER_ADVERTISED_PORT);

  private KafkaKeys() {}
}
