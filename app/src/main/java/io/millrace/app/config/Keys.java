package io.millrace.app.config;

import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.tls.ClientCertificate;
import io.millrace.log.Durability;
import io.millrace.schema.record.CompatibilityLevel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every key of the configuration, in the order of its page. */
public final class Keys {

  /** How the log of the program looks. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  /** What the log of the program leaves out. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  public static final Key<Path> DATA =
      new Key<>("data", Kind.PATH, "data", "Folder of all that is stored. One process at a time.");
  public static final Key<String> HOST =
      new Key<>(
          "host",
          Kind.TEXT,
          "127.0.0.1",
          "Address that all ports listen on. `0.0.0.0` opens them to the network: see"
              + " docs/security.md first.");

  public static final Key<LogFormat> LOG_FORMAT =
      new Key<>(
          "log.format",
          Kind.oneOf(LogFormat.class),
          "text",
          "How the program's log looks: lines to read, or one JSON object a line.");
  public static final Key<LogLevel> LOG_LEVEL =
      new Key<>("log.level", Kind.oneOf(LogLevel.class), "info", "The least that is logged.");

  public static final Key<Integer> KAFKA_PORT =
      new Key<>("kafka.port", Kind.PORT, "9092", "Port of the Kafka protocol; 0 for any free one.");
  public static final Key<String> KAFKA_ADVERTISED_HOST =
      new Key<>(
          "kafka.advertised-host",
          Kind.TEXT,
          null,
          "Name that clients are told to connect to; without it the address that is listened on.");
  public static final Key<Integer> KAFKA_ADVERTISED_PORT =
      new Key<>(
          "kafka.advertised-port",
          Kind.PORT,
          "0",
          "Port that clients are told to connect to; 0 for the one that is listened on.");
  public static final Key<Integer> KAFKA_THREADS =
      new Key<>(
          "kafka.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that read and write sockets; 0 for half the processors.");
  public static final Key<Boolean> KAFKA_AUTO_CREATE_TOPICS =
      new Key<>(
          "kafka.auto-create-topics",
          Kind.SWITCH,
          "true",
          "Whether a topic that a client asks for is made.");
  public static final Key<Long> KAFKA_MAX_REQUEST_SIZE =
      new Key<>(
          "kafka.max-request-size",
          sizeTo(1L << 30),
          "100MiB",
          "The longest Produce request; a longer one costs its connection.");
  public static final Key<Long> KAFKA_MAX_FETCH_SIZE =
      new Key<>(
          "kafka.max-fetch-size",
          sizeTo(1L << 30),
          "55MiB",
          "Most bytes of records in one answer to a consumer.");
  public static final Key<Long> KAFKA_MAX_BYTES_IN_FLIGHT =
      new Key<>(
          "kafka.max-bytes-in-flight",
          sizeTo(1L << 40),
          "128MiB",
          "Bytes of unanswered requests of all clients; past it sockets are left unread.");
  public static final Key<Integer> KAFKA_MAX_CONNECTIONS =
      new Key<>(
          "kafka.max-connections",
          Kind.count(1, 10_000_000),
          "20000",
          "Open connections of clients; further ones are refused.");
  public static final Key<Duration> KAFKA_IDLE_TIMEOUT =
      new Key<>(
          "kafka.idle-timeout",
          Kind.DURATION,
          "10m",
          "Connections without traffic are closed after this.");
  public static final Key<Integer> KAFKA_QUOTA_WINDOWS =
      new Key<>(
          "kafka.quota.windows",
          Kind.count(1, 1000),
          "11",
          "Windows over which clients' rates are averaged for quotas.");
  public static final Key<Duration> KAFKA_QUOTA_WINDOW =
      new Key<>(
          "kafka.quota.window", Kind.DURATION, "1s", "How long one of them is, in whole seconds.");
  public static final Key<Long> KAFKA_TELEMETRY_MAX_SIZE =
      new Key<>(
          "kafka.telemetry.max-size",
          sizeTo(4L << 20),
          "1MiB",
          "The longest push of a client's metrics, as it is sent.");

  public static final Key<SecurityProtocol> KAFKA_PROTOCOL =
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

  public static final Key<Path> TLS_CERTIFICATE =
      new Key<>(
          "kafka.tls.certificate",
          Kind.PATH,
          null,
          "PEM file of the node's certificate and those that lead to its authority; read again"
              + " when it changes.");
  public static final Key<Path> TLS_KEY =
      new Key<>(
          "kafka.tls.key",
          Kind.PATH,
          null,
          "PEM file of the certificate's private key (PKCS #8, without a password).");
  public static final Key<ClientCertificate> TLS_CLIENT_CERTIFICATE =
      new Key<>(
          "kafka.tls.client-certificate",
          Kind.oneOf(ClientCertificate.class),
          "none",
          "Whether clients show a certificate of their own, whose subject they then are.");
  public static final Key<Path> TLS_CLIENT_CA =
      new Key<>(
          "kafka.tls.client-ca",
          Kind.PATH,
          null,
          "PEM file of the authorities whose client certificates are valid.");

  public static final Key<String> SASL_MECHANISMS =
      new Key<>(
          "kafka.sasl.mechanisms",
          Kind.TEXT,
          null,
          "Which of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER are served, separated by"
              + " commas.");

  /** Path of the list of users of PLAIN. */
  public static final String SASL_USERS = "kafka.sasl.users[]";

  public static final Key<String> SASL_USER_NAME =
      new Key<>("kafka.sasl.users[].name", Kind.TEXT, null, "A user of PLAIN.");
  public static final Key<String> SASL_USER_PASSWORD =
      new Key<>("kafka.sasl.users[].password", Kind.TEXT, null, "The user's password.");
  public static final Key<Duration> SASL_SESSION_LIFETIME =
      new Key<>(
          "kafka.sasl.session-lifetime",
          Kind.DURATION,
          "0s",
          "Clients must authenticate themselves again within this; 0s for never.");
  public static final Key<String> OAUTH_JWKS =
      new Key<>(
          "kafka.sasl.oauth.jwks",
          Kind.TEXT,
          null,
          "Address of the token issuer's public keys: `https:`, `http:` or `file:`.");
  public static final Key<String> OAUTH_ISSUER =
      new Key<>(
          "kafka.sasl.oauth.issuer", Kind.TEXT, null, "The `iss` that tokens must have, if any.");
  public static final Key<String> OAUTH_AUDIENCE =
      new Key<>(
          "kafka.sasl.oauth.audience",
          Kind.TEXT,
          null,
          "The `aud` that tokens must name, if any; several separated by commas.");
  public static final Key<String> OAUTH_PRINCIPAL_CLAIM =
      new Key<>(
          "kafka.sasl.oauth.principal-claim",
          Kind.TEXT,
          "sub",
          "The claim of a token that says who its bearer is.");

  public static final Key<Boolean> ACL_ENABLED =
      new Key<>(
          "kafka.authorizer.enabled",
          Kind.SWITCH,
          "false",
          "Whether requests are checked against access control lists.");
  public static final Key<String> ACL_SUPER_USERS =
      new Key<>(
          "kafka.authorizer.super-users",
          Kind.TEXT,
          null,
          "Who may do everything, such as `User:admin;User:CN=ops`; separated by semicolons.");
  public static final Key<Boolean> ACL_ALLOW_IF_NONE_FOUND =
      new Key<>(
          "kafka.authorizer.allow-if-none-found",
          Kind.SWITCH,
          "false",
          "Whether everybody may use what no entry is about.");

  public static final Key<Integer> TOPICS_PARTITIONS =
      new Key<>(
          "topics.partitions",
          Kind.count(1, 10_000),
          "1",
          "Partitions of a topic whose creator does not say.");
  public static final Key<Durability> TOPICS_DURABILITY =
      new Key<>(
          "topics.durability",
          Kind.oneOf(Durability.class),
          "os",
          "When a record counts as stored: `os` in the page cache, `interval` forced to disk"
              + " regularly, `commit` forced to disk before it is acknowledged.");
  public static final Key<Duration> TOPICS_FLUSH_INTERVAL =
      new Key<>(
          "topics.flush-interval",
          Kind.DURATION,
          "1s",
          "Time between two forces to disk under `interval`.");
  public static final Key<Duration> TOPICS_RETENTION_TIME =
      new Key<>(
          "topics.retention-time", Kind.DURATION, "7d", "Records older than this are deleted.");
  public static final Key<Long> TOPICS_RETENTION_SIZE =
      new Key<>(
          "topics.retention-size",
          Kind.BYTES,
          null,
          "A partition's oldest records are deleted while it is larger; without it, no limit.");
  public static final Key<Long> TOPICS_SEGMENT_SIZE =
      new Key<>(
          "topics.segment-size",
          sizeTo(Integer.MAX_VALUE),
          "1GiB",
          "Size of a segment's file; records are deleted by whole segments.");
  public static final Key<Long> TOPICS_MAX_BATCH_SIZE =
      new Key<>(
          "topics.max-batch-size",
          sizeTo(1L << 30),
          "1048588",
          "The largest batch of records that a topic takes.");

  public static final Key<Integer> AMQP_PORT =
      new Key<>("amqp.port", Kind.PORT, "5672", "Port of AMQP 0-9-1; 0 for any free one.");
  public static final Key<Integer> AMQP_THREADS =
      new Key<>(
          "amqp.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that read and write sockets; 0 for half the processors.");
  public static final Key<String> AMQP_VIRTUAL_HOSTS =
      new Key<>(
          "amqp.virtual-hosts", Kind.TEXT, "/", "Names of the virtual hosts, separated by commas.");
  public static final Key<Durability> AMQP_DURABILITY =
      new Key<>(
          "amqp.durability",
          Kind.oneOf(Durability.class),
          "commit",
          "When a persistent message is confirmed: once the operating system has it (`os`), the"
              + " same with a force to disk each second (`interval`), or once it is forced to disk"
              + " (`commit`). For queues that are made from then on.");
  public static final Key<Long> AMQP_MAX_MESSAGE_SIZE =
      new Key<>("amqp.max-message-size", sizeTo(512L << 20), "16MiB", "The longest message.");
  public static final Key<Long> AMQP_FRAME_MAX =
      new Key<>(
          "amqp.frame-max",
          sizeTo(16L << 20),
          "128KiB",
          "The longest frame that is offered to clients; 4KiB at least.");
  public static final Key<Integer> AMQP_CHANNEL_MAX =
      new Key<>(
          "amqp.channel-max",
          Kind.count(1, 65_535),
          "2047",
          "Most channels of a connection that are offered to clients.");
  public static final Key<Duration> AMQP_HEARTBEAT =
      new Key<>(
          "amqp.heartbeat",
          Kind.DURATION,
          "60s",
          "Heartbeat that is offered to clients; one that is silent for two of them is closed.");
  public static final Key<Integer> AMQP_MAX_CONNECTIONS =
      new Key<>(
          "amqp.max-connections",
          Kind.count(1, 10_000_000),
          "20000",
          "Open connections of clients; further ones are refused.");

  /** Path of the list of users. */
  public static final String AMQP_USERS = "amqp.users[]";

  public static final Key<String> AMQP_USER_NAME =
      new Key<>(
          "amqp.users[].name",
          Kind.TEXT,
          null,
          "A user. Without any, `guest` with the password `guest` may connect from this machine.");
  public static final Key<String> AMQP_USER_PASSWORD =
      new Key<>("amqp.users[].password", Kind.TEXT, null, "The user's password.");

  /** Path of the list of further settings that topics have where they do not say otherwise. */
  public static final String TOPICS_SETTINGS = "topics.settings[]";

  public static final Key<String> TOPICS_SETTING_NAME =
      new Key<>(
          "topics.settings[].name",
          Kind.TEXT,
          null,
          "A setting of docs/topic-settings.md, by its name there.");
  public static final Key<String> TOPICS_SETTING_VALUE =
      new Key<>(
          "topics.settings[].value",
          Kind.TEXT,
          null,
          "What it is for topics that do not say otherwise.");

  public static final Key<Integer> COMPACTION_THREADS =
      new Key<>(
          "compaction.threads",
          Kind.count(1, 1024),
          "1",
          "Partitions that are compacted at a time.");
  public static final Key<Long> COMPACTION_MAP_SIZE =
      new Key<>(
          "compaction.map-size",
          sizeTo(1L << 40),
          "32MiB",
          "Most memory for the keys of all rounds of compaction: 24 bytes each, at three quarters"
              + " full. A log with more keys takes more rounds.");
  public static final Key<Long> COMPACTION_MAX_RATE =
      new Key<>(
          "compaction.max-rate",
          sizeTo(1L << 50),
          null,
          "Most bytes that compaction reads and writes in a second; without it, no limit.");
  public static final Key<Duration> COMPACTION_INTERVAL =
      new Key<>(
          "compaction.interval",
          Kind.DURATION,
          "15s",
          "Time between two looks for partitions that are to be compacted.");
  public static final Key<Duration> RETENTION_INTERVAL =
      new Key<>(
          "topics.retention-interval",
          Kind.DURATION,
          "5m",
          "Time between two looks for segments that are past their retention.");

  public static final Key<Integer> EDGE_PORT =
      new Key<>("edge.port", Kind.PORT, "8080", "Port of the HTTP edge; 0 for any free one.");
  public static final Key<Integer> EDGE_THREADS =
      new Key<>(
          "edge.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that serve viewers; 0 for one per processor.");
  public static final Key<Long> EDGE_CACHE_SIZE =
      new Key<>(
          "edge.cache-size", Kind.BYTES, "256MiB", "Most memory for responses that are kept.");
  public static final Key<Integer> EDGE_MAX_CONNECTIONS =
      new Key<>(
          "edge.max-connections",
          Kind.count(1, 10_000_000),
          "20000",
          "Open connections of viewers; further ones are answered 503.");

  /** Path of the list of routes. */
  public static final String ROUTES = "edge.routes[]";

  public static final Key<String> ROUTE_PATH =
      new Key<>(
          "edge.routes[].path",
          Kind.TEXT,
          null,
          "Requests for this path and all under it; the longest one counts.");
  public static final Key<String> ROUTE_HOST =
      new Key<>(
          "edge.routes[].host",
          Kind.TEXT,
          "*",
          "Requests for this host name only; `*` for all hosts.");
  public static final Key<Path> ROUTE_FOLDER =
      new Key<>("edge.routes[].folder", Kind.PATH, null, "Answered with the files of this folder.");
  public static final Key<URI> ROUTE_PROXY =
      new Key<>(
          "edge.routes[].proxy",
          Kind.HTTP_SERVER,
          null,
          "Answered by this HTTP server, through the cache.");

  /** Path of the list of views. */
  public static final String VIEWS = "edge.views[]";

  public static final Key<String> VIEW_PATH =
      new Key<>(
          "edge.views[].path",
          Kind.TEXT,
          null,
          "Where a view lies: `PATH/KEY.json` is the document of a key, `PATH/KEY/live` its stream"
              + " of events.");
  public static final Key<String> VIEW_HOST =
      new Key<>(
          "edge.views[].host",
          Kind.TEXT,
          "*",
          "Requests for this host name only; `*` for all hosts.");
  public static final Key<Duration> VIEW_MAX_AGE =
      new Key<>(
          "edge.views[].max-age",
          Kind.DURATION,
          "1s",
          "How long caches may use a document without asking again.");
  public static final Key<Duration> VIEW_STALE_WHILE_REVALIDATE =
      new Key<>(
          "edge.views[].stale-while-revalidate",
          Kind.DURATION,
          "5s",
          "How much longer they may, while they ask.");
  public static final Key<Integer> VIEW_MAX_KEYS =
      new Key<>(
          "edge.views[].max-keys",
          Kind.count(1, 100_000),
          "10000",
          "Most keys that are kept; the one that changed longest ago makes room.");
  public static final Key<Long> VIEW_MAX_SIZE =
      new Key<>(
          "edge.views[].max-size",
          sizeTo(1L << 40),
          "64MiB",
          "Most memory for what is kept; at least 64KiB.");

  /** Path of the list of a view's topics. */
  public static final String VIEW_TOPICS = "edge.views[].topics[]";

  public static final Key<String> VIEW_TOPIC =
      new Key<>(
          "edge.views[].topics[].topic",
          Kind.TEXT,
          null,
          "A topic that the view shows; its records have JSON values and text keys.");
  public static final Key<String> VIEW_MEMBER =
      new Key<>(
          "edge.views[].topics[].member",
          Kind.TEXT,
          null,
          "Member of the documents that holds its values; without it the topic's name.");
  public static final Key<Integer> VIEW_KEEP =
      new Key<>(
          "edge.views[].topics[].keep",
          Kind.count(1, 10_000),
          "1",
          "How many of the newest values of each key are kept.");

  /** Path of the list of places where topics are served. */
  public static final String TOPIC_APIS = "edge.topics[]";

  public static final Key<String> TOPIC_API_PATH =
      new Key<>(
          "edge.topics[].path",
          Kind.TEXT,
          "/v1",
          "Where topics are served: `PATH/topics/T` takes records and describes the topic T.");
  public static final Key<String> TOPIC_API_HOST =
      new Key<>(
          "edge.topics[].host",
          Kind.TEXT,
          "*",
          "Requests for this host name only; `*` for all hosts.");
  public static final Key<Boolean> TOPIC_API_WRITABLE =
      new Key<>(
          "edge.topics[].writable",
          Kind.SWITCH,
          "false",
          "Whether records may be written, by whoever reaches the edge.");
  public static final Key<String> TOPIC_API_ONLY =
      new Key<>(
          "edge.topics[].only[]",
          Kind.TEXT,
          null,
          "The topics that are served; without it all, save internal ones.");
  public static final Key<String> TOPIC_API_ALLOWED_ORIGINS =
      new Key<>(
          "edge.topics[].allowed-origins[]",
          Kind.TEXT,
          null,
          "Other origins whose pages may use it, such as `https://www.example.com`; `*` for any.");
  public static final Key<Long> TOPIC_API_MAX_BODY_SIZE =
      new Key<>(
          "edge.topics[].max-body-size", sizeTo(64 << 20), "4MiB", "The largest body of a POST.");

  public static final Key<Integer> CONSOLE_PORT =
      new Key<>(
          "console.port",
          Kind.PORT,
          "8081",
          "Port of the console, its API and `/metrics`; 0 for any free one.");
  public static final Key<Set<String>> CONSOLE_ALLOWED_HOSTS =
      new Key<>(
          "console.allowed-hosts",
          Kind.HOST_NAMES,
          null,
          "Names that the console may be asked by, besides `localhost`, `host` and IP addresses;"
              + " other names are answered 421.");
  public static final Key<Long> CONSOLE_MAX_BODY_BYTES =
      new Key<>(
          "console.max-body-bytes",
          sizeTo(16 << 20),
          "256KiB",
          "The longest body of a request to the console's API; longer ones are answered 413.");
  public static final Key<Integer> CONSOLE_MAX_CONNECTIONS =
      new Key<>(
          "console.max-connections",
          Kind.count(1, 10_000),
          "256",
          "Open connections to the console; further ones are answered 503.");

  public static final Key<Boolean> SCHEMA_REGISTRY_ENABLED =
      new Key<>(
          "schema-registry.enabled",
          Kind.SWITCH,
          "true",
          "Whether the console's port serves a schema registry: see docs/schema-registry.md.");
  public static final Key<String> SCHEMA_REGISTRY_TOPIC =
      new Key<>(
          "schema-registry.topic",
          Kind.TEXT,
          "_schemas",
          "Topic that holds the schemas; made, compacted, when the first one is registered.");
  public static final Key<CompatibilityLevel> SCHEMA_REGISTRY_COMPATIBILITY =
      new Key<>(
          "schema-registry.compatibility",
          Kind.oneOf(CompatibilityLevel.class),
          "backward",
          "What a new version of a schema must be able to do, where no other level is set.");
  public static final Key<Long> SCHEMA_REGISTRY_MAX_SCHEMA_SIZE =
      new Key<>(
          "schema-registry.max-schema-size",
          sizeTo(4 << 20),
          "1MiB",
          "The longest text of a schema; longer ones are refused.");

  /** A file of SQL, an item of the list of them. */
  public static final Key<Path> JOB =
      new Key<>(
          "jobs[]", Kind.PATH, null, "Files of SQL whose jobs run from the start of the node.");

  /** All keys. */
  public static final List<Key<?>> ALL =
      List.of(
          DATA,
          HOST,
          LOG_FORMAT,
          LOG_LEVEL,
          KAFKA_PORT,
          KAFKA_ADVERTISED_HOST,
          KAFKA_ADVERTISED_PORT,
          KAFKA_THREADS,
          KAFKA_AUTO_CREATE_TOPICS,
          KAFKA_MAX_REQUEST_SIZE,
          KAFKA_MAX_FETCH_SIZE,
          KAFKA_MAX_BYTES_IN_FLIGHT,
          KAFKA_MAX_CONNECTIONS,
          KAFKA_IDLE_TIMEOUT,
          KAFKA_QUOTA_WINDOWS,
          KAFKA_QUOTA_WINDOW,
          KAFKA_TELEMETRY_MAX_SIZE,
          KAFKA_PROTOCOL,
          LISTENER_NAME,
          LISTENER_PORT,
          LISTENER_PROTOCOL,
          LISTENER_HOST,
          LISTENER_ADVERTISED_HOST,
          LISTENER_ADVERTISED_PORT,
          TLS_CERTIFICATE,
          TLS_KEY,
          TLS_CLIENT_CERTIFICATE,
          TLS_CLIENT_CA,
          SASL_MECHANISMS,
          SASL_USER_NAME,
          SASL_USER_PASSWORD,
          SASL_SESSION_LIFETIME,
          OAUTH_JWKS,
          OAUTH_ISSUER,
          OAUTH_AUDIENCE,
          OAUTH_PRINCIPAL_CLAIM,
          ACL_ENABLED,
          ACL_SUPER_USERS,
          ACL_ALLOW_IF_NONE_FOUND,
          TOPICS_PARTITIONS,
          TOPICS_DURABILITY,
          TOPICS_FLUSH_INTERVAL,
          TOPICS_RETENTION_TIME,
          TOPICS_RETENTION_SIZE,
          TOPICS_SEGMENT_SIZE,
          TOPICS_MAX_BATCH_SIZE,
          AMQP_PORT,
          AMQP_THREADS,
          AMQP_VIRTUAL_HOSTS,
          AMQP_DURABILITY,
          AMQP_MAX_MESSAGE_SIZE,
          AMQP_FRAME_MAX,
          AMQP_CHANNEL_MAX,
          AMQP_HEARTBEAT,
          AMQP_MAX_CONNECTIONS,
          AMQP_USER_NAME,
          AMQP_USER_PASSWORD,
          RETENTION_INTERVAL,
          TOPICS_SETTING_NAME,
          TOPICS_SETTING_VALUE,
          COMPACTION_THREADS,
          COMPACTION_MAP_SIZE,
          COMPACTION_MAX_RATE,
          COMPACTION_INTERVAL,
          EDGE_PORT,
          EDGE_THREADS,
          EDGE_CACHE_SIZE,
          EDGE_MAX_CONNECTIONS,
          ROUTE_PATH,
          ROUTE_HOST,
          ROUTE_FOLDER,
          ROUTE_PROXY,
          VIEW_PATH,
          VIEW_HOST,
          VIEW_TOPIC,
          VIEW_MEMBER,
          VIEW_KEEP,
          VIEW_MAX_AGE,
          VIEW_STALE_WHILE_REVALIDATE,
          VIEW_MAX_KEYS,
          VIEW_MAX_SIZE,
          TOPIC_API_PATH,
          TOPIC_API_HOST,
          TOPIC_API_WRITABLE,
          TOPIC_API_ONLY,
          TOPIC_API_ALLOWED_ORIGINS,
          TOPIC_API_MAX_BODY_SIZE,
          CONSOLE_PORT,
          CONSOLE_ALLOWED_HOSTS,
          CONSOLE_MAX_BODY_BYTES,
          CONSOLE_MAX_CONNECTIONS,
          SCHEMA_REGISTRY_ENABLED,
          SCHEMA_REGISTRY_TOPIC,
          SCHEMA_REGISTRY_COMPATIBILITY,
          SCHEMA_REGISTRY_MAX_SCHEMA_SIZE,
          JOB);

  private Keys() {}

  /** The key with that path, or null. */
  static @Nullable Key<?> find(String path) {
    for (Key<?> key : ALL) {
      if (key.path().equals(path)) {
        return key;
      }
    }
    return null;
  }

  /** Paths of what may stand right under a prefix: keys, sections and lists. */
  static SortedSet<String> namesUnder(String prefix) {
    SortedSet<String> names = new TreeSet<>();
    for (Key<?> key : ALL) {
      String path = key.path();
      if (path.startsWith(prefix) && path.length() > prefix.length()) {
        int dot = path.indexOf('.', prefix.length());
        int bracket = path.indexOf('[', prefix.length());
        int end = Math.min(dot < 0 ? path.length() : dot, bracket < 0 ? path.length() : bracket);
        names.add(path.substring(0, end));
      }
    }
    return names;
  }

  private static Kind<Long> sizeTo(long most) {
    return new Kind<>(
        Kind.BYTES.allowed() + ", from 1KiB to " + most + " bytes",
        text -> {
          Long value = Kind.BYTES.parse(text);
          return value == null || value < 1024 || value > most ? null : value;
        });
  }
}
