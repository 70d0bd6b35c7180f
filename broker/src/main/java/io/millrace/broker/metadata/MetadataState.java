package io.millrace.broker.metadata;

import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.metadata.MetadataRecord.AccessGone;
import io.millrace.broker.metadata.MetadataRecord.AccessRecord;
import io.millrace.broker.metadata.MetadataRecord.AclGone;
import io.millrace.broker.metadata.MetadataRecord.AclRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaGone;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaRecord;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigGone;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigRecord;
import io.millrace.broker.metadata.MetadataRecord.Leadership;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigGone;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigRecord;
import io.millrace.broker.metadata.MetadataRecord.ProducerIdsReserved;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialGone;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialRecord;
import io.millrace.broker.metadata.MetadataRecord.TopicGone;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.broker.metadata.MetadataRecord.TopologyGone;
import io.millrace.broker.metadata.MetadataRecord.TopologyRecord;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramUser;
import io.millrace.core.Interner;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state that the metadata log's records add up to, those included that are not yet durable: it
 * is what the next change is decided against. Confined to the controller's thread.
 */
public final class MetadataState implements KnownTopics {

  private static final int MOST_SETTINGS = 1_000;

  private final Map<UUID, TopicRecord> topics = new LinkedHashMap<>();
  private final Map<String, TopicRecord> byName = new HashMap<>();

  /** Many topics are made alike, and share their settings. */
  private final Interner<Map<String, String>> settings = new Interner<>(MOST_SETTINGS);

  private final Map<String, String> byMetricForm = new HashMap<>();
  private final Map<ScramUser, ScramCredential> scramCredentials = new HashMap<>();
  private final Map<String, Map<String, String>> groupConfigs = new HashMap<>();
  private final Map<String, Map<String, String>> nodeConfigs = new HashMap<>();
  private final Set<AclBinding> acls = new HashSet<>();
  private final Map<Object, TopologyEntry> topology = new LinkedHashMap<>();
  private final Map<Object, AccessEntry> access = new LinkedHashMap<>();
  private final Map<ClientQuotaEntity, Map<QuotaKey, Double>> clientQuotas = new HashMap<>();
  private final Map<String, Map<String, String>> clientMetrics = new HashMap<>();
  private int partitions;
  private long nextProducerId;
  private @Nullable Leadership leadership;

  /** Changes the state; there is no other way. */
  public void apply(MetadataRecord record) {
    switch (record) {
      case TopicRecord topic -> put(topic);
      case TopicGone gone -> {
        TopicRecord before = topics.remove(gone.id());
        if (before != null) {
          forget(before);
        }
      }
      case ProducerIdsReserved ids -> nextProducerId = Math.max(nextProducerId, ids.next());
      case Leadership taken -> leadership = taken;
      case ScramCredentialRecord put -> scramCredentials.put(put.user(), put.credential());
      case ScramCredentialGone gone -> scramCredentials.remove(gone.user());
      case GroupConfigRecord put -> groupConfigs.put(put.group(), put.settings());
      case GroupConfigGone gone -> groupConfigs.remove(gone.group());
      case NodeConfigRecord put -> nodeConfigs.put(put.node(), put.settings());
      case NodeConfigGone gone -> nodeConfigs.remove(gone.node());
      case AclRecord put -> acls.add(put.binding());
      case AclGone gone -> acls.remove(gone.binding());
      case TopologyRecord put -> topology.put(put.entry().identity(), put.entry());
      case TopologyGone gone -> topology.remove(gone.entry().identity());
      case AccessRecord put -> access.put(put.entry().identity(), put.entry());
      case AccessGone gone -> access.remove(gone.entry().identity());
      case ClientQuotaRecord put -> clientQuotas.put(put.entity(), put.limits());
      case ClientQuotaGone gone -> clientQuotas.remove(gone.entity());
      case ClientMetricsRecord put -> clientMetrics.put(put.name(), put.settings());
      case ClientMetricsGone gone -> clientMetrics.remove(gone.name());
    }
  }

  private void put(TopicRecord given) {
    TopicRecord topic = given.withSettings(settings.intern(Map.copyOf(given.settings())));
    TopicRecord before = topics.put(topic.id(), topic);
    if (before != null) {
      forget(before);
    }
    partitions += topic.partitions();
    byName.put(topic.name(), topic);
    byMetricForm.put(TopicName.metricForm(topic.name()), topic.name());
  }

  private void forget(TopicRecord topic) {
    partitions -= topic.partitions();
    byName.remove(topic.name());
    byMetricForm.remove(TopicName.metricForm(topic.name()));
  }

  /** All topics, those on their way out included. */
  public Collection<TopicRecord> topics() {
    return topics.values();
  }

  /** The topic of that name, also when it is on its way out, or null. */
  public @Nullable TopicRecord topic(String name) {
    return byName.get(name);
  }

  @Override
  public boolean exists(String name) {
    return byName.containsKey(name);
  }

  @Override
  public @Nullable String collidingWith(String name) {
    return byMetricForm.get(TopicName.metricForm(name));
  }

  @Override
  public int partitions() {
    return partitions;
  }

  /** The credentials of SCRAM users. */
  public Map<ScramUser, ScramCredential> scramCredentials() {
    return Collections.unmodifiableMap(scramCredentials);
  }

  /** The settings of groups, by the groups' names. */
  public Map<String, Map<String, String>> groupConfigs() {
    return Collections.unmodifiableMap(groupConfigs);
  }

  /** The settings of nodes that were changed while they ran, by the nodes' ids. */
  public Map<String, Map<String, String>> nodeConfigs() {
    return Collections.unmodifiableMap(nodeConfigs);
  }

  /** The access control entries. */
  public Set<AclBinding> acls() {
    return Collections.unmodifiableSet(acls);
  }

  /** The durable exchanges, queues and bindings, in the order of their making. */
  public Collection<TopologyEntry> topology() {
    return Collections.unmodifiableCollection(topology.values());
  }

  /** The users, virtual hosts and permissions of the queues. */
  public Collection<AccessEntry> access() {
    return Collections.unmodifiableCollection(access.values());
  }

  /** The limits of users, clients and addresses. */
  public Map<ClientQuotaEntity, Map<QuotaKey, Double>> clientQuotas() {
    return Collections.unmodifiableMap(clientQuotas);
  }

  /** The settings of subscriptions to clients' metrics. */
  public Map<String, Map<String, String>> clientMetrics() {
    return Collections.unmodifiableMap(clientMetrics);
  }

  /** The first producer id that nobody can have. */
  public long nextProducerId() {
    return nextProducerId;
  }

  /** How the node last led, or null when it never did. */
  public @Nullable Leadership leadership() {
    return leadership;
  }
}
