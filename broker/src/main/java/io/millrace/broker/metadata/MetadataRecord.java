package io.millrace.broker.metadata;

import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramUser;
import java.util.Map;
import java.util.UUID;

/** A fact in the metadata log. A later one with the same key takes the place of an earlier one. */
public sealed interface MetadataRecord {

  /**
   * A topic as it stands from now on. Keyed by its id.
   *
   * @param deleting true from the decision to delete it until its data has gone
   */
  record TopicRecord(
      UUID id,
      String name,
      int partitions,
      boolean internal,
      boolean deleting,
      Map<String, String> settings)
      implements MetadataRecord {

    /** The same topic on its way out. */
    public TopicRecord asDeleting() {
      return new TopicRecord(id, name, partitions, internal, true, settings);
    }

    /** The same topic with more partitions. */
    public TopicRecord withPartitions(int count) {
      return new TopicRecord(id, name, count, internal, deleting, settings);
    }

    /** The same topic with other settings. */
    public TopicRecord withSettings(Map<String, String> changed) {
      return new TopicRecord(id, name, partitions, internal, deleting, changed);
    }
  }

  /** A topic's data has gone: a tombstone. */
  record TopicGone(UUID id) implements MetadataRecord {}

  /** Producer ids below this one may have been given out. */
  record ProducerIdsReserved(long next) implements MetadataRecord {}

  /** The settings of a group. Keyed by its name. */
  record GroupConfigRecord(String group, Map<String, String> settings) implements MetadataRecord {}

  /** A group has no settings of its own any more: a tombstone. */
  record GroupConfigGone(String group) implements MetadataRecord {}

  /**
   * The settings of a node that were changed while it ran. Keyed by its id.
   *
   * @param node empty for what holds for all nodes that say nothing else
   */
  record NodeConfigRecord(String node, Map<String, String> settings) implements MetadataRecord {}

  /** A node has no such settings any more: a tombstone. */
  record NodeConfigGone(String node) implements MetadataRecord {}

  /** A SCRAM user's credential. Keyed by the user and the mechanism. */
  record ScramCredentialRecord(ScramUser user, ScramCredential credential)
      implements MetadataRecord {}

  /** A SCRAM user's credential has gone: a tombstone. */
  record ScramCredentialGone(ScramUser user) implements MetadataRecord {}

  /** An access control entry. Keyed by all of it. */
  record AclRecord(AclBinding binding) implements MetadataRecord {}

  /** An access control entry has gone: a tombstone. */
  record AclGone(AclBinding binding) implements MetadataRecord {}

  /** A durable exchange, queue or binding. Keyed by its identity. */
  record TopologyRecord(TopologyEntry entry) implements MetadataRecord {}

  /** A durable exchange, queue or binding has gone: a tombstone. */
  record TopologyGone(TopologyEntry entry) implements MetadataRecord {}

  /** A user, a virtual host or a permission of the queues. Keyed by its identity. */
  record AccessRecord(AccessEntry entry) implements MetadataRecord {}

  /** A user, a virtual host or a permission of the queues has gone: a tombstone. */
  record AccessGone(AccessEntry entry) implements MetadataRecord {}

  /** The limits of an entity, all of them. Keyed by the entity. */
  record ClientQuotaRecord(ClientQuotaEntity entity, Map<QuotaKey, Double> limits)
      implements MetadataRecord {}

  /** An entity has no limits any more: a tombstone. */
  record ClientQuotaGone(ClientQuotaEntity entity) implements MetadataRecord {}

  /** A subscription to clients' metrics, with all its settings. Keyed by its name. */
  record ClientMetricsRecord(String name, Map<String, String> settings) implements MetadataRecord {}

  /** A subscription to clients' metrics has gone: a tombstone. */
  record ClientMetricsGone(String name) implements MetadataRecord {}

  /**
   * The node leads all its partitions in this epoch.
   *
   * @param endedCleanly true when it has closed them all since
   */
  record Leadership(int epoch, boolean endedCleanly) implements MetadataRecord {}
}
