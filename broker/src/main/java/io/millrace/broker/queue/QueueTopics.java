package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.QueueDefinition;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.KnownTopics;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.TopologyGone;
import io.millrace.broker.metadata.MetadataRecord.TopologyRecord;
import io.millrace.broker.metadata.TopicName;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicRegistry;
import io.millrace.broker.topic.TopicRegistry.TopicWith;
import io.millrace.core.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes exchanges, queues and bindings down, and makes the topics that queues stand on. Any
 * thread; stages complete on the controller's.
 */
final class QueueTopics {

  private static final int LONGEST_NAME = 200;
  private static final int RECORD_OVERHEAD_BYTES = 1 << 20;
  private static final String SEGMENT_BYTES = Integer.toString(64 << 20);

  private final Controller controller;
  private final TopicRegistry topics;
  private final CursorJournal cursors;
  private final MessageRecordCodec codec;
  private final Map<String, String> settings;
  private final Clock clock;

  QueueTopics(
      Controller controller,
      TopicRegistry topics,
      CursorJournal cursors,
      MessageRecordCodec codec,
      MessagingSettings settings,
      Clock clock) {
    this.controller = controller;
    this.topics = topics;
    this.cursors = cursors;
    this.codec = codec;
    this.clock = clock;
    this.settings =
        Map.of(
            "durability",
            settings.durability().name().toLowerCase(Locale.ROOT),
            "cleanup.policy",
            "delete",
            "retention.ms",
            "-1",
            "retention.bytes",
            "-1",
            "segment.bytes",
            SEGMENT_BYTES,
            "max.message.bytes",
            Integer.toString(settings.maxMessageBytes() + RECORD_OVERHEAD_BYTES));
  }

  /** A queue that is written down, with its partition. */
  record Made(QueueDefinition definition, LogPartition partition) {}

  /** Makes a queue's topic and writes both down, as one. */
  CompletionStage<Made> create(QueueDeclaration asked, QueueOptions options) {
    UUID id = UUID.randomUUID();
    AtomicReference<QueueDefinition> definition = new AtomicReference<>();
    return topics
        .createWith(
            state -> {
              String topic = topicName(asked, id, state);
              QueueDefinition made =
                  new QueueDefinition(
                      asked.virtualHost(),
                      asked.name(),
                      id,
                      topic,
                      asked.autoDelete(),
                      asked.arguments());
              definition.set(made);
              return new TopicWith(
                  new NewTopic(topic, 1, StreamTopics.settings(settings, options)),
                  List.of(new TopologyRecord(made)));
            })
        .thenApply(topic -> made(Objects.requireNonNull(definition.get()), topic));
  }

  /** Writes a stream down that reads and writes a partition which is there already. */
  CompletionStage<Made> borrow(QueueDeclaration asked, StreamTopics.Place place) {
    QueueDefinition definition =
        new QueueDefinition(
            asked.virtualHost(),
            asked.name(),
            UUID.randomUUID(),
            place.topic().name(),
            place.partition(),
            true,
            false,
            asked.arguments());
    return controller.change(
        state -> {
          StreamTopics.check(asked, place.topic(), state.topology());
          return List.of(new TopologyRecord(definition));
        },
        () -> made(definition, place.topic()));
  }

  private static Made made(QueueDefinition definition, Topic topic) {
    return new Made(definition, (LogPartition) topic.partitions().get(definition.partition()));
  }

  /** Where a stream would stand on a topic that is there already, or null. */
  StreamTopics.@Nullable Place placeOf(QueueDeclaration asked) {
    return StreamTopics.placeOf(asked, topics);
  }

  /** The partition of a queue that is written down; null when its topic has been deleted. */
  @Nullable LogPartition find(QueueDefinition definition) {
    Topic topic = topics.find(definition.topic());
    return topic == null || !topic.has(definition.partition())
        ? null
        : (LogPartition) topic.partitions().get(definition.partition());
  }

  /** Whether a queue's topic has been given these settings, whatever others it has. */
  boolean hasSettings(QueueDefinition definition, Map<String, String> wanted) {
    Topic topic = topics.find(definition.topic());
    return topic != null && topic.settings().given().entrySet().containsAll(wanted.entrySet());
  }

  /** Gives a queue's topic other settings, and leaves those that are not named. */
  CompletionStage<Topic> configure(QueueDefinition definition, Map<String, String> changed) {
    return topics.configure(
        definition.topic(),
        before -> {
          Map<String, String> after = new TreeMap<>(before);
          after.putAll(changed);
          return after;
        });
  }

  /** What of a queue is in its partition. */
  QueueLog open(UUID id, LogPartition partition, Duration retain) {
    return new QueueLog(id, partition, cursors, codec, retain, clock);
  }

  /** The node's topics. */
  TopicRegistry topics() {
    return topics;
  }

  /** Where cursors are written down. */
  CursorJournal cursors() {
    return cursors;
  }

  /** How messages are written to topics. */
  MessageRecordCodec codec() {
    return codec;
  }

  /** The queue's own name where a topic may have it, else one that looks like it. */
  private static String topicName(QueueDeclaration asked, UUID id, KnownTopics state) {
    String name = StreamTopics.plainName(asked);
    StringBuilder legal = new StringBuilder();
    for (int i = 0; i < name.length() && i < LONGEST_NAME; i++) {
      char c = name.charAt(i);
      boolean isLegal =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      legal.append(isLegal ? c : '-');
    }
    String topic = legal.toString();
    boolean usable =
        topic.equals(name)
            && !topic.equals(".")
            && !topic.equals("..")
            && !topic.startsWith(TopicName.INTERNAL_PREFIX)
            && !state.exists(topic)
            && state.collidingWith(topic) == null;
    if (usable) {
      return name;
    }
    String stem = topic.startsWith(TopicName.INTERNAL_PREFIX) ? "queue" + topic : topic;
    return stem + "-" + id.toString().substring(0, 8);
  }

  /** Takes a queue away with its topic, its cursor and its bindings. */
  CompletionStage<Void> delete(
      QueueDefinition definition, Collection<? extends TopologyEntry> more) {
    List<MetadataRecord> gone = new ArrayList<>();
    gone.add(new TopologyGone(definition));
    more.forEach(each -> gone.add(new TopologyGone(each)));
    if (definition.borrowed()) {
      return controller.change(state -> gone, () -> null);
    }
    return topics
        .deleteWith(definition.topic(), gone)
        .thenRun(() -> cursors.delete(definition.id()));
  }

  /** Writes an exchange or a binding down. */
  CompletionStage<Void> put(TopologyEntry entry) {
    return controller.change(state -> List.of(new TopologyRecord(entry)), () -> null);
  }

  /** Takes exchanges and bindings away. */
  CompletionStage<Void> remove(Collection<? extends TopologyEntry> entries) {
    return controller.change(
        state -> {
          List<MetadataRecord> gone = new ArrayList<>();
          entries.forEach(each -> gone.add(new TopologyGone(each)));
          return gone;
        },
        () -> null);
  }
}
