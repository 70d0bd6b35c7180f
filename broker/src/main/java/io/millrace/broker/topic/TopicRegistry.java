package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.TopicGone;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.broker.metadata.MetadataState;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The node's topics. Any thread may look one up, or look at all of them as they were at one moment;
 * changes go through the controller, whose thread makes them seen. What a change costs does not
 * depend on how many topics there are: the image of all is made when somebody asks for it again.
 *
 * <p>A topic's record is on disk before its first directory is made, and says that the topic is
 * being deleted before the first one goes. So after a crash the records tell what to do: a
 * partition without a directory is one to which nothing was written, the directories of a topic on
 * its way out are deleted. A directory of which no record knows is never touched.
 */
public final class TopicRegistry implements Topics {

  private final Controller controller;
  private final TopicChecks checks;
  private final TopicLogs logs;
  private final TopicTable table = new TopicTable();
  private volatile TopicSettingsReader reader;
  private volatile Consumer<String> whenDeleted = name -> {};

  /** Opens nothing yet: see {@link #recover}. */
  public TopicRegistry(LogStore store, Controller controller, BrokerSettings limits, Clock clock) {
    this.controller = controller;
    this.reader = new TopicSettingsReader(limits.topicDefaults());
    this.checks = new TopicChecks(limits, () -> reader);
    this.logs = new TopicLogs(store, limits, controller.leaderEpoch(), clock);
  }

  /**
   * Brings the data folder to what the metadata says, and opens all topics. Before the controller
   * starts.
   */
  public void recover() {
    for (TopicRecord record : List.copyOf(controller.state().topics())) {
      if (record.deleting()) {
        logs.delete(record.name(), 0, record.partitions());
        controller.write(List.of(new TopicGone(record.id())));
        continue;
      }
      table.show(open(record));
    }
    TopicLogs.awaitVisible(table.all());
  }

  /** The internal topic of that name, made if the node is new. Before the controller starts. */
  public Topic internal(String name, int partitions, Map<String, String> settings) {
    Topic present = find(name);
    if (present != null) {
      return present;
    }
    TopicRecord record =
        new TopicRecord(UUID.randomUUID(), name, partitions, true, false, settings);
    controller.write(List.of(record));
    Topic topic = open(record);
    table.show(topic);
    return topic;
  }

  /** Tells of each topic that has been deleted, on the controller's thread. */
  public void whenDeleted(Consumer<String> listener) {
    whenDeleted = listener;
  }

  // ---- look-ups ----

  @Override
  public @Nullable Topic find(String name) {
    return table.find(name);
  }

  @Override
  public @Nullable Topic find(UUID id) {
    return table.find(id);
  }

  @Override
  public @Nullable Partition find(String topic, int partition) {
    Topic found = table.find(topic);
    return found == null || partition < 0 || partition >= found.partitions().size()
        ? null
        : found.partitions().get(partition);
  }

  /** All topics as they are now; any thread may ask. */
  public TopicsImage image() {
    return table.snapshot();
  }

  @Override
  public Collection<Topic> all() {
    return table.snapshot().byName().values();
  }

  @Override
  public List<TopicSetting> settings() {
    return reader.settings();
  }

  @Override
  public void validateSettings(Map<String, String> given) {
    reader.read(given);
  }

  // ---- create ----

  @Override
  public CompletionStage<Topic> create(NewTopic asked) {
    TopicRecord record = userTopic(asked, checks.partitions(asked));
    return controller.change(
        state -> {
          checks.check(asked, state);
          return List.of(record);
        },
        () -> opened(record));
  }

  private static TopicRecord userTopic(NewTopic asked, int partitions) {
    return new TopicRecord(
        UUID.randomUUID(), asked.name(), partitions, false, false, new TreeMap<>(asked.settings()));
  }

  /**
   * A topic to be made together with other records: all of them are there after a crash, or none.
   */
  public record TopicWith(NewTopic topic, List<MetadataRecord> records) {}

  /**
   * Makes a topic for a part of the broker that stands on it.
   *
   * @param decide runs on the controller's thread, as for {@link Controller#change}
   */
  public CompletionStage<Topic> createWith(Function<MetadataState, TopicWith> decide) {
    AtomicReference<TopicRecord> made = new AtomicReference<>();
    return controller.change(
        state -> {
          TopicWith asked = decide.apply(state);
          NewTopic topic = asked.topic();
          checks.check(topic, state);
          TopicRecord record = userTopic(topic, topic.partitions());
          made.set(record);
          List<MetadataRecord> records = new ArrayList<>();
          records.add(record);
          records.addAll(asked.records());
          return records;
        },
        () -> opened(Objects.requireNonNull(made.get())));
  }

  /** Deletes a topic, if it is there, together with other records. */
  public CompletionStage<Void> deleteWith(String name, List<MetadataRecord> records) {
    return controller.change(
        state -> {
          List<MetadataRecord> all = new ArrayList<>(records);
          TopicRecord topic = state.topic(name);
          if (topic != null && !topic.deleting()) {
            all.add(topic.asDeleting());
          }
          return all;
        },
        () -> {
          deleted(name);
          return null;
        });
  }

  @Override
  public void validate(NewTopic asked) {
    checks.check(asked, table.snapshot());
  }

  /** The controller's thread: opens the logs, or takes the topic back when the disk refuses. */
  private Topic opened(TopicRecord record) {
    try {
      logs.checkUnused(record);
      Topic topic = open(record);
      table.show(topic);
      return topic;
    } catch (LogException e) {
      controller.append(List.of(record.asDeleting()));
      logs.delete(record.name(), 0, record.partitions());
      controller.append(List.of(new TopicGone(record.id())));
      throw LogRefusal.of(e);
    } catch (BrokerException e) {
      // What lies there is not this topic's, and stays.
      controller.append(List.of(new TopicGone(record.id())));
      throw e;
    }
  }

  private Topic open(TopicRecord record) {
    return logs.open(record, reader.read(record.settings()));
  }

  // ---- delete ----

  @Override
  public CompletionStage<Void> delete(String name) {
    return controller.change(
        state -> List.of(TopicChecks.userTopic(name, state).asDeleting()),
        () -> {
          deleted(name);
          return null;
        });
  }

  private void deleted(String name) {
    Topic topic = table.find(name);
    if (topic != null) {
      table.hide(topic);
      whenDeleted.accept(name);
      TopicLogs.end(topic, BrokerError.UNKNOWN_TOPIC_OR_PARTITION);
      logs.delete(name, 0, topic.partitions().size());
      controller.append(List.<MetadataRecord>of(new TopicGone(topic.id())));
    }
  }

  // ---- change ----

  @Override
  public CompletionStage<Topic> addPartitions(String name, int count) {
    return controller.change(
        state -> {
          TopicRecord topic = TopicChecks.userTopic(name, state);
          if (count <= topic.partitions()) {
            throw new BrokerException(
                BrokerError.INVALID_PARTITION_COUNT,
                "topic "
                    + name
                    + " has "
                    + topic.partitions()
                    + " partitions and can only get more, not "
                    + count);
          }
          checks.checkCount(name, topic.partitions(), count, state);
          return List.of(topic.withPartitions(count));
        },
        () -> {
          Topic before = present(name);
          List<Partition> partitions = new ArrayList<>(before.partitions());
          try {
            partitions.addAll(logs.open(name, partitions.size(), count, before.settings()));
          } catch (LogException e) {
            takeBackPartitions(name, before.partitions().size(), count);
            throw LogRefusal.of(e);
          }
          return publish(before, before.settings(), partitions);
        });
  }

  private void takeBackPartitions(String name, int keep, int count) {
    TopicRecord record = controller.state().topic(name);
    if (record != null && record.partitions() == count) {
      controller.append(List.of(record.withPartitions(keep)));
    }
    logs.delete(name, keep, count);
  }

  @Override
  public CompletionStage<Topic> configure(String name, UnaryOperator<Map<String, String>> change) {
    return controller.change(
        state -> {
          TopicRecord topic = TopicChecks.userTopic(name, state);
          Map<String, String> given = change.apply(topic.settings());
          reader.read(given);
          return List.of(topic.withSettings(given));
        },
        () -> {
          Topic before = present(name);
          TopicRecord record = controller.state().topic(name);
          TopicSettings settings =
              record == null ? before.settings() : reader.read(record.settings());
          TopicLogs.configure(before, settings);
          return publish(before, settings, before.partitions());
        });
  }

  /**
   * Refuses defaults that cannot be, or that a topic cannot have together with what is given to it.
   * The controller's thread.
   *
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  public void checkDefaults(Map<String, String> defaults) {
    try {
      TopicSettingsReader changed = new TopicSettingsReader(defaults);
      TopicSettings unused = changed.read(Map.of());
      for (TopicRecord topic : controller.state().topics()) {
        changed.read(topic.settings());
      }
    } catch (SettingException e) {
      throw new BrokerException(BrokerError.INVALID_SETTING, String.valueOf(e.getMessage()));
    }
  }

  /** Other defaults hold, for all topics, from now on. The controller's thread. */
  public void setDefaults(Map<String, String> defaults) {
    TopicSettingsReader changed = new TopicSettingsReader(defaults);
    reader = changed;
    for (Topic before : table.all()) {
      TopicSettings settings = changed.read(before.settings().given());
      if (!settings.equals(before.settings())) {
        TopicLogs.configure(before, settings);
        Topic unused = publish(before, settings, before.partitions());
      }
    }
  }

  @Override
  public void forceDeletions() {
    logs.forceStarts();
  }

  /** Producers that are silent for so long are forgotten from now on. */
  public void expireProducersAfter(Duration expiry) {
    logs.expireProducersAfter(expiry);
  }

  private Topic present(String name) {
    Topic topic = table.find(name);
    if (topic == null) {
      throw new BrokerException(
          BrokerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic " + name);
    }
    return topic;
  }

  private Topic publish(Topic before, TopicSettings settings, List<Partition> partitions) {
    Topic topic =
        new Topic(before.name(), before.id(), settings, before.internal(), List.copyOf(partitions));
    table.show(topic);
    return topic;
  }

  // ---- upkeep ----

  /**
   * Rolls, deletes and compacts where it is due, one partition after the other.
   *
   * @param all false for compacted topics only
   * @return bytes set free
   */
  public long clean(boolean all) {
    return logs.clean(all(), all);
  }

  /** Has {@link #clean} return after the partition that it is at. */
  public void stopCleaning() {
    logs.stopCleaning();
  }

  /** Ends all partitions and closes their logs. After the controller has stopped. */
  public void close() {
    logs.close(all());
  }
}
