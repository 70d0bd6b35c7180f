package io.millrace.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The HTTP edge: its port, routes, views and topics. */
public final class EdgeKeys {

  public static final Key<Integer> PORT =
      new Key<>("edge.port", Kind.PORT, "8080", "Port of the HTTP edge; 0 for any free one.");
  public static final Key<Integer> THREADS =
      new Key<>(
          "edge.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that serve viewers; 0 for one per processor.");
  public static final Key<Long> CACHE_SIZE =
      new Key<>(
          "edge.cache-size", Kind.BYTES, "256MiB", "Most memory for responses that are kept.");
  public static final Key<Long> DISK_SIZE =
      new Key<>(
          "edge.cache.disk.max-size",
          Kind.BYTES,
          "0",
          "Most bytes of the disk tier below that memory, which survives a restart; 16MiB and more,"
              + " or 0 for none.");
  public static final Key<Path> DISK_FOLDER =
      new Key<>(
          "edge.cache.disk.folder",
          Kind.PATH,
          null,
          "Where the disk tier lies, and nothing else; without it `edge-cache` beside what the data"
              + " folder holds.");
  public static final Key<Long> DISK_MAX_OBJECT_SIZE =
      new Key<>(
          "edge.cache.disk.max-object-size",
          Kind.BYTES,
          "1GiB",
          "The largest response that the disk tier keeps; a quarter of its size at most.");
  public static final Key<Integer> MAX_CONNECTIONS =
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

  public static final Key<Boolean> ROUTE_STORE_SET_COOKIE =
      new Key<>(
          "edge.routes[].store-set-cookie",
          Kind.SWITCH,
          "false",
          "Whether responses that set cookies are kept like others, for all clients; without it only"
              + " those that say they are for all.");
  public static final Key<Boolean> ROUTE_SORT_QUERY =
      new Key<>(
          "edge.routes[].sort-query",
          Kind.SWITCH,
          "false",
          "Whether the order of the query's parameters does not count for the cache.");
  public static final Key<String> ROUTE_DROP_QUERY =
      new Key<>(
          "edge.routes[].drop-query[]",
          Kind.TEXT,
          null,
          "Parameters of the query that do not count for the cache, such as `utm_*` and `gclid`.");
  public static final Key<String> ROUTE_KEEP_QUERY =
      new Key<>(
          "edge.routes[].keep-query[]",
          Kind.TEXT,
          null,
          "The only parameters of the query that count for the cache; not beside `drop-query`.");
  public static final Key<String> ROUTE_KEY_COOKIES =
      new Key<>(
          "edge.routes[].key-cookies[]",
          Kind.TEXT,
          null,
          "Cookies that the answer depends on: each of their values has its own in the cache.");
  public static final Key<String> ROUTE_KEY_FIELDS =
      new Key<>(
          "edge.routes[].key-fields[]",
          Kind.TEXT,
          null,
          "Request fields that the answer depends on, whether it has `Vary` or not.");
  public static final Key<Boolean> ROUTE_KEY_DEVICE =
      new Key<>(
          "edge.routes[].key-device",
          Kind.SWITCH,
          "false",
          "Whether phones, tablets and the rest are answered each from its own.");

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
          Kind.bytesTo(1L << 40),
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
          "edge.topics[].max-body-size",
          Kind.bytesTo(64 << 20),
          "4MiB",
          "The largest body of a POST.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PORT,
          THREADS,
          CACHE_SIZE,
          DISK_SIZE,
          DISK_FOLDER,
          DISK_MAX_OBJECT_SIZE,
          MAX_CONNECTIONS,
          ROUTE_PATH,
          ROUTE_HOST,
          ROUTE_FOLDER,
          ROUTE_PROXY,
          ROUTE_STORE_SET_COOKIE,
          ROUTE_SORT_QUERY,
          ROUTE_DROP_QUERY,
          ROUTE_KEEP_QUERY,
          ROUTE_KEY_COOKIES,
          ROUTE_KEY_FIELDS,
          ROUTE_KEY_DEVICE,
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
          TOPIC_API_MAX_BODY_SIZE);

  private EdgeKeys() {}
}
