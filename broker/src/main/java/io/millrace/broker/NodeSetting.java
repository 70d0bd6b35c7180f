package io.millrace.broker;

import io.millrace.broker.topic.TopicSetting;
import java.util.function.Predicate;

/**
 * One setting of a node that can be changed while it runs, by Kafka's name, so that its tools work.
 *
 * @param allowed for people: what values there are
 * @param doc for people: what it does
 * @param accepts whether a value can be used
 */
public record NodeSetting(
    String name, TopicSetting.Type type, String allowed, String doc, Predicate<String> accepts) {

  /** A whole number, both ends included. */
  public static NodeSetting number(
      String name, TopicSetting.Type type, long least, long most, String doc) {
    return new NodeSetting(
        name,
        type,
        "a whole number from " + least + " to " + most,
        doc,
        value -> {
          try {
            long number = Long.parseLong(value.strip());
            return number >= least && number <= most;
          } catch (NumberFormatException e) {
            return false;
          }
        });
  }

  /** What a topic's setting is where the topic does not say otherwise. */
  static NodeSetting ofTopics(String name, TopicSetting setting) {
    return new NodeSetting(
        name, setting.type(), setting.allowed(), setting.doc(), setting.accepts());
  }
}
