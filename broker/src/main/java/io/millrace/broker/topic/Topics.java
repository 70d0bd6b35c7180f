package io.millrace.broker.topic;

import io.millrace.broker.ChangedSettings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The node's topics. Look-ups read an immutable snapshot and may be made by any thread. Changes are
 * records of the metadata log: a stage completes once the record is durable and applied, or fails
 * with a {@link io.millrace.broker.BrokerException}.
 */
public interface Topics {

  /** The topic of that name, or null. */
  @Nullable Topic find(String name);

  /** The topic with that id, or null. */
  @Nullable Topic find(UUID id);

  /** The partition, or null when there is no such topic or partition. */
  @Nullable Partition find(String topic, int partition);

  /** All topics, internal ones included. */
  Collection<Topic> all();

  /** The settings that a topic can have, with this node's defaults. */
  List<TopicSetting> settings();

  /**
   * Checks settings as {@link #configure} would.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  void validateSettings(Map<String, String> given);

  /**
   * What was deleted by {@link Partition#deleteBefore}, in any partition, stays deleted after a
   * crash; durable on return.
   *
   * @throws io.millrace.broker.BrokerException when the disk refuses
   */
  void forceDeletions();

  /** Makes a topic. */
  CompletionStage<Topic> create(NewTopic topic);

  /** Checks all that {@link #create} would, and changes nothing. */
  void validate(NewTopic topic);

  /** Deletes a topic and its data. */
  CompletionStage<Void> delete(String name);

  /** Adds partitions, up to {@code count}. */
  CompletionStage<Topic> addPartitions(String name, int count);

  /** Changes settings: a null value brings the default back. */
  default CompletionStage<Topic> configure(String name, Map<String, @Nullable String> changes) {
    return configure(name, given -> ChangedSettings.of(given, changes));
  }

  /**
   * Changes settings.
   *
   * @param change answers what is given to the topic from now on, from what was given before; one
   *     change is made after the other
   */
  CompletionStage<Topic> configure(String name, UnaryOperator<Map<String, String>> change);
}
