package io.millrace.broker;

import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.ShardedGroupCoordinator;
import io.millrace.broker.group.share.ShardedSharePartitions;
import io.millrace.broker.group.share.SharePartitions;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataLogEnd;
import io.millrace.broker.queue.MessageProperties;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.MessagingSettings;
import io.millrace.broker.resource.ResourceAlarms;
import io.millrace.broker.resource.ResourceAlarms.FreeSpace;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicRegistry;
import io.millrace.broker.topic.Topics;
import io.millrace.broker.transaction.ShardedTransactionCoordinator;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.CompactionLimits;
import io.millrace.log.Durability;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker of a node that stands alone: it leads all partitions. */
final class SingleNodeBroker implements Broker {

  private static final Logger LOG = LoggerFactory.getLogger(SingleNodeBroker.class);

  /** Small, so that little is read back at start; a large group's record must fit. */
  private static final String OFFSETS_SEGMENT_BYTES = Integer.toString(16 << 20);

  private static final int NODE_ID = 1;

  private static final int CURSOR_PARTITIONS = 4;

  private static final String OFFSETS_MAX_RECORD_BYTES = Integer.toString(12 << 20);

  private final Controller controller;
  private final String clusterId;
  private final TopicRegistry topics;
  private final ShardedGroupCoordinator groups;
  private final GroupConfigs groupConfigs;
  private final DynamicSettings dynamicSettings;
  private final CompactionLimits compactionLimits;
  private final ShardedSharePartitions shares;
  private final ShardedTransactionCoordinator transactions;
  private final ProducerIds producerIds;
  private final AclStore acls;
  private final ScramStore scramCredentials;
  private final AccessStore access;
  private final ResourceAlarms alarms;
  private final ClientQuotaStore clientQuotas;
  private final ClientMetricsStore clientMetrics;
  private final Housekeeping housekeeping;
  private final Topic cursors;
  private final Topic delayed;
  private final List<TopologyEntry> topology;
  private final Clock clock;
  private final Timer timer;
  private volatile @Nullable Messaging messaging;
  private final LogStore store;
  private final BrokerSettings settings;
  private boolean closed;

  SingleNodeBroker(LogStore store, BrokerSettings settings, Clock clock, Timer timer) {
    this.store = store;
    this.clock = clock;
    this.timer = timer;
    this.settings = settings;
    compactionLimits = store.compactionLimits();
    controller = new Controller(store, clock);
    try {
      dynamicSettings = new DynamicSettings(controller, NODE_ID);
      topics =
          new TopicRegistry(
              store,
              controller,
              settings.withTopicDefaults(TopicDefaults.merged(settings, dynamicSettings.inForce())),
              clock);
      topics.recover();
      Topic offsets =
          topics.internal(
              ShardedGroupCoordinator.TOPIC,
              settings.groups().offsets().partitions(),
              compacted(settings.groups().offsets().durability()));
      groupConfigs = new GroupConfigs(controller, settings.groups());
      shares =
          new ShardedSharePartitions(
              topics.internal(
                  ShardedSharePartitions.TOPIC,
                  settings.groups().share().statePartitions(),
                  kept(settings.groups().offsets().durability())),
              topics,
              groupConfigs::share,
              settings.groups().share(),
              clock,
              timer);
      groups =
          new ShardedGroupCoordinator(
              offsets,
              settings.groups(),
              groupConfigs::consumer,
              groupConfigs::share,
              groupConfigs::streams,
              shares,
              topics::image,
              clock,
              timer);
      clusterId = clusterId(offsets.id());
      producerIds = new ProducerIdBlocks(controller);
      cursors = topics.internal(Messaging.CURSORS, CURSOR_PARTITIONS, compacted(Durability.OS));
      delayed = topics.internal(Messaging.DELAYED, 1, kept(Durability.COMMIT));
      topology = List.copyOf(controller.state().topology());
      transactions =
          new ShardedTransactionCoordinator(
              topics.internal(
                  ShardedTransactionCoordinator.TOPIC,
                  settings.transactions().statePartitions(),
                  compacted(settings.transactions().stateDurability())),
              topics,
              producerIds,
              settings.transactions(),
              controller.leaderEpoch(),
              clock,
              timer);
    } catch (RuntimeException e) {
      controller.close();
      throw e;
    }
    topics.whenDeleted(this::topicDeleted);
    acls = new AclStore(controller);
    scramCredentials = new ScramStore(controller);
    access = new AccessStore(controller);
    alarms = new ResourceAlarms(FreeSpace.of(store.folder()), timer);
    clientQuotas = new ClientQuotaStore(controller);
    clientMetrics = new ClientMetricsStore(controller);
    housekeeping =
        new Housekeeping(
            topics,
            controller,
            timer,
            settings.housekeepingInterval(),
            settings.compactionInterval());
    dynamicSettings.register(new TopicDefaults(topics, settings));
    dynamicSettings.register(
        new CompactionTuning(store, housekeeping, settings.compactionInterval()));
    controller.start();
    housekeeping.start();
  }

  /** Deleted by nobody but the one who writes it. */
  private static Map<String, String> kept(Durability durability) {
    Map<String, String> settings = new HashMap<>(compacted(durability));
    settings.put("cleanup.policy", "delete");
    settings.put("retention.ms", "-1");
    settings.put("retention.bytes", "-1");
    return settings;
  }

  /** A topic that is made with the folder and never deleted lends its id, which is random. */
  private static String clusterId(UUID first) {
    ByteBuffer bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(first.getMostSignificantBits())
            .putLong(first.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private static Map<String, String> compacted(Durability durability) {
    return Map.of(
        "cleanup.policy",
        "compact",
        "segment.bytes",
        OFFSETS_SEGMENT_BYTES,
        "max.message.bytes",
        OFFSETS_MAX_RECORD_BYTES,
        "durability",
        durability.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public String clusterId() {
    return clusterId;
  }

  @Override
  public Topics topics() {
    return topics;
  }

  @Override
  public GroupCoordinator groups() {
    return groups;
  }

  @Override
  public int nodeId() {
    return NODE_ID;
  }

  @Override
  public DynamicSettings dynamicSettings() {
    return dynamicSettings;
  }

  @Override
  public GroupConfigs groupConfigs() {
    return groupConfigs;
  }

  @Override
  public SharePartitions shares() {
    return shares;
  }

  @Override
  public TransactionCoordinator transactions() {
    return transactions;
  }

  @Override
  public ProducerIds producerIds() {
    return producerIds;
  }

  @Override
  public AclStore acls() {
    return acls;
  }

  @Override
  public ScramStore scramCredentials() {
    return scramCredentials;
  }

  @Override
  public AccessStore access() {
    return access;
  }

  @Override
  public ResourceAlarms alarms() {
    return alarms;
  }

  private void topicDeleted(String topic) {
    groups.topicDeleted(topic);
    shares.topicDeleted();
    Messaging queues = messaging;
    if (queues != null) {
      queues.topicDeleted(topic);
    }
  }

  @Override
  public @Nullable Messaging messaging() {
    return messaging;
  }

  @Override
  public synchronized Messaging messaging(
      MessagingSettings settings, MessageProperties.Format format) {
    Messaging present = messaging;
    if (present == null) {
      present =
          new Messaging(
              store,
              controller,
              access,
              alarms,
              topology,
              topics,
              cursors,
              delayed,
              settings,
              format,
              clock,
              timer);
      messaging = present;
    }
    return present;
  }

  @Override
  public ClientQuotaStore clientQuotas() {
    return clientQuotas;
  }

  @Override
  public ClientMetricsStore clientMetrics() {
    return clientMetrics;
  }

  @Override
  public MetadataLogEnd metadataLog() {
    return controller.logEnd();
  }

  @Override
  public Path folder() {
    return store.folder();
  }

  @Override
  public BrokerSettings settings() {
    return settings;
  }

  @Override
  public CompactionLimits compactionLimits() {
    return compactionLimits;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    housekeeping.close();
    alarms.close();
    Messaging queues = messaging;
    if (queues != null) {
      queues.close();
    }
    transactions.close();
    shares.close();
    groups.close();
    controller.stop();
    try {
      topics.close();
      controller.endCleanly();
    } catch (BrokerException | LogException e) {
      LOG.warn("The node does not end cleanly, and looks at its logs when it starts again", e);
    } finally {
      controller.close();
      // The store is the caller's, and as it was.
      store.limitCompaction(compactionLimits);
    }
  }
}
