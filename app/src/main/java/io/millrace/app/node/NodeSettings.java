package io.millrace.app.node;

import io.millrace.amqp.AmqpSettings;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationException;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Key;
import io.millrace.app.config.Keys;
import io.millrace.app.config.ResourceKeys;
import io.millrace.app.config.TopicKeys;
import io.millrace.app.node.RouteSettings.Folder;
import io.millrace.app.node.RouteSettings.Proxy;
import io.millrace.app.node.RouteSettings.TopicsOverHttp;
import io.millrace.app.node.RouteSettings.View;
import io.millrace.broker.BrokerSettings;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.cache.KeyRule;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.topic.TopicApiSettings;
import io.millrace.cdn.view.TopicViewSettings;
import io.millrace.cdn.view.ViewedTopic;
import io.millrace.console.ConsoleSettings;
import io.millrace.console.management.ManagementSettings;
import io.millrace.core.SettingException;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.quota.ConnectionQuotaSettings;
import io.millrace.kafka.quota.QuotaSettings;
import io.millrace.log.CompactionLimits;
import io.millrace.schema.RegistrySettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a node can be told: the settings of its parts, each as the part itself defines them.
 *
 * @param data folder of all that is stored; made when it does not exist
 * @param diskFreeLimit bytes of its disk that are to stay free
 * @param compaction what compaction may take of the machine
 * @param bridges what connects exchanges with topics
 * @param management null for a node without RabbitMQ's management API
 * @param routes what the edge serves
 * @param schemas null for a node without a schema registry
 * @param jobs files of SQL whose jobs run from the start
 */
public record NodeSettings(
    Path data,
    long diskFreeLimit,
    CompactionLimits compaction,
    BrokerSettings broker,
    KafkaSettings kafka,
    AmqpSettings amqp,
    List<BridgeSettings> bridges,
    @Nullable ManagementSettings management,
    EdgeSettings edge,
    List<RouteSettings> routes,
    ConsoleSettings console,
    @Nullable RegistrySettings schemas,
    List<Path> jobs) {

  /** Copies the lists. */
  public NodeSettings {
    bridges = List.copyOf(bridges);
    routes = List.copyOf(routes);
    jobs = List.copyOf(jobs);
  }

  /** What a configuration means for the parts. */
  public static NodeSettings of(Configuration configuration) {
    return new NodeSettings(
        configuration.get(Keys.DATA),
        configuration.get(ResourceKeys.DISK_FREE_LIMIT),
        compaction(configuration),
        broker(configuration),
        kafka(configuration),
        AmqpConfiguration.of(configuration),
        BridgeSettings.of(configuration),
        AmqpConfiguration.management(configuration),
        edge(configuration),
        routes(configuration),
        console(configuration),
        schemas(configuration),
        configuration.list(Keys.JOB.path()).stream().map(job -> job.get(Keys.JOB)).toList());
  }

  /** With one more route of the edge. */
  public NodeSettings withRoute(RouteSettings route) {
    List<RouteSettings> more = new ArrayList<>(routes);
    more.add(route);
    return new NodeSettings(
        data,
        diskFreeLimit,
        compaction,
        broker,
        kafka,
        amqp,
        bridges,
        management,
        edge,
        more,
        console,
        schemas,
        jobs);
  }

  private static BrokerSettings broker(Configuration configuration) {
    Map<String, String> topics = new HashMap<>();
    topics.put(
        "durability", configuration.get(TopicKeys.DURABILITY).name().toLowerCase(Locale.ROOT));
    topics.put("flush.interval.ms", text(configuration.get(TopicKeys.FLUSH_INTERVAL).toMillis()));
    topics.put("retention.ms", text(configuration.get(TopicKeys.RETENTION_TIME).toMillis()));
    Long retentionBytes = configuration.find(TopicKeys.RETENTION_SIZE);
    topics.put("retention.bytes", text(retentionBytes == null ? -1 : retentionBytes));
    topics.put("segment.bytes", text(configuration.get(TopicKeys.SEGMENT_SIZE)));
    topics.put("max.message.bytes", text(configuration.get(TopicKeys.MAX_BATCH_SIZE)));
    for (Configuration setting : configuration.list(TopicKeys.SETTINGS)) {
      topics.put(setting.require(TopicKeys.SETTING_NAME), setting.require(TopicKeys.SETTING_VALUE));
    }
    return BrokerSettings.defaults()
        .withDefaultPartitions(configuration.get(TopicKeys.PARTITIONS))
        .withTopicDefaults(topics)
        .withHousekeepingInterval(configuration.get(TopicKeys.RETENTION_INTERVAL))
        .withCompactionInterval(configuration.get(TopicKeys.COMPACTION_INTERVAL))
        .withProducers(
            configuration.get(TopicKeys.PRODUCER_EXPIRY),
            BrokerSettings.defaults().maxProducersPerPartition())
        .withGroups(CoordinatorSettings.groups(configuration))
        .withTransactions(CoordinatorSettings.transactions(configuration));
  }

  private static CompactionLimits compaction(Configuration configuration) {
    Long rate = configuration.find(TopicKeys.COMPACTION_MAX_RATE);
    return new CompactionLimits(
        configuration.get(TopicKeys.COMPACTION_THREADS),
        configuration.get(TopicKeys.COMPACTION_MAP_SIZE),
        rate == null ? Long.MAX_VALUE : rate);
  }

  private static String text(long number) {
    return Long.toString(number);
  }

  private static KafkaSettings kafka(Configuration configuration) {
    KafkaSettings usual = KafkaSettings.defaults();
    int maxRequest = configuration.get(KafkaKeys.MAX_REQUEST_SIZE).intValue();
    return new KafkaSettings(
        configuration.get(Keys.HOST),
        configuration.get(KafkaKeys.PORT),
        configuration.find(KafkaKeys.ADVERTISED_HOST),
        configuration.get(KafkaKeys.ADVERTISED_PORT),
        configuration.get(KafkaKeys.THREADS),
        configuration.get(KafkaKeys.AUTO_CREATE_TOPICS),
        maxRequest,
        Math.min(maxRequest, usual.maxControlRequestBytes()),
        configuration.get(KafkaKeys.MAX_FETCH_SIZE).intValue(),
        usual.maxRequestsPerConnection(),
        usual.maxRequestBytesPerConnection(),
        configuration.get(KafkaKeys.MAX_BYTES_IN_FLIGHT),
        new ConnectionQuotaSettings(
            configuration.get(KafkaKeys.MAX_CONNECTIONS),
            configuration.get(KafkaKeys.MAX_CONNECTIONS_PER_IP),
            configuration.get(KafkaKeys.MAX_CONNECTIONS_PER_IP_OVERRIDES),
            configuration.get(KafkaKeys.MAX_CONNECTION_CREATION_RATE)),
        configuration.get(KafkaKeys.IDLE_TIMEOUT),
        usual.arrivalTimeout(),
        configuration.get(KafkaKeys.TELEMETRY_MAX_SIZE).intValue(),
        KafkaSecurity.of(configuration),
        new QuotaSettings(
            configuration.get(KafkaKeys.QUOTA_WINDOWS), configuration.get(KafkaKeys.QUOTA_WINDOW)));
  }

  private static EdgeSettings edge(Configuration configuration) {
    EdgeSettings usual =
        EdgeSettings.on(configuration.get(Keys.HOST), configuration.get(EdgeKeys.PORT));
    int threads = configuration.get(EdgeKeys.THREADS);
    EdgeLimits limits = EdgeLimits.DEFAULT;
    return new EdgeSettings(
        usual.host(),
        usual.port(),
        threads == 0 ? usual.threads() : threads,
        usual.transport(),
        configuration.get(EdgeKeys.CACHE_SIZE),
        disk(configuration),
        usual.maxWaitingPerFetch(),
        new EdgeLimits(
            configuration.get(EdgeKeys.MAX_CONNECTIONS),
            limits.head(),
            limits.maxBodyBytes(),
            limits.headTimeout(),
            limits.idleTimeout(),
            limits.bodyTimeout(),
            limits.writeTimeout(),
            limits.viewerBufferBytes(),
            limits.viewerPatience(),
            limits.heartbeat()));
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

  private static ConsoleSettings console(Configuration configuration) {
    Set<String> allowedHosts = configuration.find(ConsoleKeys.ALLOWED_HOSTS);
    return new ConsoleSettings(
        configuration.get(Keys.HOST),
        configuration.get(ConsoleKeys.PORT),
        allowedHosts == null ? Set.of() : allowedHosts,
        configuration.get(ConsoleKeys.MAX_BODY_BYTES).intValue(),
        configuration.get(ConsoleKeys.MAX_CONNECTIONS));
  }

  private static @Nullable RegistrySettings schemas(Configuration configuration) {
    return configuration.get(ConsoleKeys.SCHEMA_REGISTRY_ENABLED)
        ? new RegistrySettings(
            configuration.get(ConsoleKeys.SCHEMA_REGISTRY_TOPIC),
            configuration.get(ConsoleKeys.SCHEMA_REGISTRY_COMPATIBILITY),
            configuration.get(ConsoleKeys.SCHEMA_REGISTRY_MAX_SCHEMA_SIZE).intValue())
        : null;
  }

  private static List<RouteSettings> routes(Configuration configuration) {
    List<RouteSettings> routes = new ArrayList<>();
    configuration.list(EdgeKeys.ROUTES).forEach(route -> routes.add(route(route)));
    configuration.list(EdgeKeys.VIEWS).forEach(view -> routes.add(view(view)));
    configuration.list(EdgeKeys.TOPIC_APIS).forEach(topics -> routes.add(topics(topics)));
    return routes;
  }

  private static RouteSettings route(Configuration route) {
    String host = route.get(EdgeKeys.ROUTE_HOST).toLowerCase(Locale.ROOT);
    String path = route.require(EdgeKeys.ROUTE_PATH);
    Path folder = route.find(EdgeKeys.ROUTE_FOLDER);
    URI proxy = route.find(EdgeKeys.ROUTE_PROXY);
    if (!path.startsWith("/")) {
      throw new ConfigurationException(
          route.place()
              + ": "
              + EdgeKeys.ROUTE_PATH.path()
              + " is \""
              + path
              + "\"; allowed: a path"
              + " that starts with a slash");
    }
    if ((folder == null) == (proxy == null)) {
      throw new ConfigurationException(
          route.place() + ": the route " + path + " needs either folder or proxy");
    }
    return folder == null
        ? new Proxy(host, path, Objects.requireNonNull(proxy), policy(route))
        : new Folder(host, path, folder, policy(route));
  }

  private static CachePolicy policy(Configuration route) {
    try {
      return CachePolicy.DEFAULT
          .storingSetCookie(route.get(EdgeKeys.ROUTE_STORE_SET_COOKIE))
          .keyedBy(
              new KeyRule(
                  route.get(EdgeKeys.ROUTE_SORT_QUERY),
                  textList(route, EdgeKeys.ROUTE_DROP_QUERY),
                  textList(route, EdgeKeys.ROUTE_KEEP_QUERY),
                  textList(route, EdgeKeys.ROUTE_KEY_COOKIES),
                  textList(route, EdgeKeys.ROUTE_KEY_FIELDS),
                  route.get(EdgeKeys.ROUTE_KEY_DEVICE)));
    } catch (SettingException e) {
      throw new ConfigurationException(route.place() + ": " + e.getMessage());
    }
  }

  private static RouteSettings view(Configuration view) {
    List<ViewedTopic> topics = new ArrayList<>();
    for (Configuration topic : view.list(EdgeKeys.VIEW_TOPICS)) {
      String name = topic.require(EdgeKeys.VIEW_TOPIC);
      String member = topic.find(EdgeKeys.VIEW_MEMBER);
      topics.add(
          new ViewedTopic(name, member == null ? name : member, topic.get(EdgeKeys.VIEW_KEEP)));
    }
    TopicViewSettings usual = TopicViewSettings.of(view.require(EdgeKeys.VIEW_PATH), topics);
    return new View(
        view.get(EdgeKeys.VIEW_HOST).toLowerCase(Locale.ROOT),
        new TopicViewSettings(
            usual.pathPrefix(),
            topics,
            view.get(EdgeKeys.VIEW_MAX_KEYS),
            view.get(EdgeKeys.VIEW_MAX_SIZE),
            usual.maxKeyBytes(),
            usual.maxValueBytes(),
            view.get(EdgeKeys.VIEW_MAX_AGE),
            view.get(EdgeKeys.VIEW_STALE_WHILE_REVALIDATE),
            usual.notFoundMaxAge(),
            usual.publishesPerSecond(),
            usual.replayEvents()));
  }

  private static RouteSettings topics(Configuration topics) {
    return new TopicsOverHttp(
        topics.get(EdgeKeys.TOPIC_API_HOST).toLowerCase(Locale.ROOT),
        TopicApiSettings.of(topics.get(EdgeKeys.TOPIC_API_PATH))
            .withWritable(topics.get(EdgeKeys.TOPIC_API_WRITABLE))
            .withMaxBodyBytes(topics.get(EdgeKeys.TOPIC_API_MAX_BODY_SIZE).intValue())
            .withTopicsAndOrigins(
                texts(topics, EdgeKeys.TOPIC_API_ONLY),
                texts(topics, EdgeKeys.TOPIC_API_ALLOWED_ORIGINS)));
  }

  private static Set<String> texts(Configuration configuration, Key<String> item) {
    return Set.copyOf(textList(configuration, item));
  }

  private static List<String> textList(Configuration configuration, Key<String> item) {
    return configuration.list(item.path()).stream().map(each -> each.get(item)).distinct().toList();
  }
}
