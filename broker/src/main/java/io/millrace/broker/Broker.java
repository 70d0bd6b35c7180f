package io.millrace.broker;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.share.SharePartitions;
import io.millrace.broker.metadata.MetadataLogEnd;
import io.millrace.broker.queue.MessageProperties;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.MessagingSettings;
import io.millrace.broker.resource.ResourceAlarms;
import io.millrace.broker.topic.Topics;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import io.millrace.log.CompactionLimits;
import io.millrace.log.LogStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One node's broker: what the protocols and the stream jobs call. */
public interface Broker extends AutoCloseable {

  /**
   * Opens all topics that the store holds, recovers groups and offsets, and starts upkeep.
   *
   * @param store stays the caller's, who closes it after the broker
   * @param timer stays the caller's; it must run until the broker is closed
   * @throws io.millrace.core.SettingException for settings that cannot be used
   * @throws BrokerException with {@code STORAGE} when the disk refuses
   */
  static Broker open(LogStore store, BrokerSettings settings, Clock clock, Timer timer) {
    return new SingleNodeBroker(store, settings, clock, timer);
  }

  /**
   * The id of the cluster that this node makes up: 22 characters, of no other data folder, the same
   * as long as the folder is there.
   */
  String clusterId();

  /** This node's id in the cluster. */
  int nodeId();

  /** The node's settings that were changed while it ran. */
  DynamicSettings dynamicSettings();

  /** Topics and partitions. */
  Topics topics();

  /** Consumer groups and committed offsets. */
  GroupCoordinator groups();

  /** The settings that groups have of their own. */
  GroupConfigs groupConfigs();

  /** Partitions as share groups see them. */
  SharePartitions shares();

  /** Transactions over partitions and committed offsets. */
  TransactionCoordinator transactions();

  /** Gives out producer ids that no producer had before, also across restarts. */
  ProducerIds producerIds();

  /** Access control lists. */
  AclStore acls();

  /** The credentials of SCRAM users. */
  ScramStore scramCredentials();

  /** The users of the queues, virtual hosts, and who may do what in them. */
  AccessStore access();

  /** Whether memory or disk run out. */
  ResourceAlarms alarms();

  /** How much clients may use. */
  ClientQuotaStore clientQuotas();

  /** Which metrics clients are asked for. */
  ClientMetricsStore clientMetrics();

  /** How far the log of the node's metadata goes. */
  MetadataLogEnd metadataLog();

  /** What this broker was started with; {@link #dynamicSettings} win over it. */
  BrokerSettings settings();

  /** What compaction may take of the machine, as the node was started with. */
  CompactionLimits compactionLimits();

  /** The folder that holds the logs. */
  Path folder();

  /**
   * Virtual hosts with their exchanges and queues: takes up what was written down of them, at the
   * first call; later ones answer the same.
   *
   * @param format how the protocol of the queues writes properties down
   */
  Messaging messaging(MessagingSettings settings, MessageProperties.Format format);

  /** The virtual hosts, or null as long as no port serves them. */
  @Nullable Messaging messaging();

  /**
   * Ends all work: calls that wait are refused, later ones too; producers are written down, logs
   * closed with their marks of a clean end. The store stays open.
   */
  @Override
  void close();
}
