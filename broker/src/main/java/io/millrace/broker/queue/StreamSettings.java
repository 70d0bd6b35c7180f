package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry.QueueDefinition;
import io.millrace.broker.policy.EffectivePolicy;
import io.millrace.broker.policy.PolicyKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the topics of streams the settings that policies ask for, when those change. A topic that
 * was there before its stream keeps its own. Confined to the host's mailbox.
 */
final class StreamSettings {

  private static final Logger LOG = LoggerFactory.getLogger(StreamSettings.class);
  private static final List<PolicyKey> KEYS =
      List.of(
          PolicyKey.MAX_AGE, PolicyKey.MAX_LENGTH_BYTES, PolicyKey.STREAM_MAX_SEGMENT_SIZE_BYTES);

  private final QueueTopics storage;
  private final Map<UUID, Map<String, String>> wanted = new HashMap<>();

  StreamSettings(QueueTopics storage) {
    this.storage = storage;
  }

  /** A stream has been made, and its topic with these options. */
  void made(QueueDefinition stream, QueueOptions options) {
    if (isOwn(stream, options)) {
      wanted.put(stream.id(), StreamTopics.ofStream(options));
    }
  }

  /**
   * A stream was there when the node started. What its policy says holds, in case the node ended
   * before the topic knew of it; where no policy says anything, what the topic has been given.
   */
  void found(QueueDefinition stream, QueueOptions options, EffectivePolicy policy) {
    if (isOwn(stream, options)) {
      Map<String, String> settings = StreamTopics.ofStream(options);
      wanted.put(stream.id(), settings);
      if (KEYS.stream().anyMatch(key -> policy.definition().containsKey(key.label()))
          && !storage.hasSettings(stream, settings)) {
        give(stream, settings);
      }
    }
  }

  /** A stream's options may be others. */
  void change(QueueDefinition stream, QueueOptions options) {
    if (isOwn(stream, options)) {
      Map<String, String> settings = StreamTopics.ofStream(options);
      if (!settings.equals(wanted.put(stream.id(), settings))) {
        give(stream, settings);
      }
    }
  }

  /** A stream is no more. */
  void gone(QueueDefinition stream) {
    wanted.remove(stream.id());
  }

  private static boolean isOwn(QueueDefinition stream, QueueOptions options) {
    return options.type() == QueueType.STREAM && !stream.borrowed();
  }

  private void give(QueueDefinition stream, Map<String, String> settings) {
    storage
        .configure(stream, settings)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "Topic {} of stream {} cannot have the settings {}: {}",
                    stream.topic(),
                    stream.name(),
                    settings,
                    failure.toString());
              }
            });
  }
}
