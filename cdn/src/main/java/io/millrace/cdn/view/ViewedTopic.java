package io.millrace.cdn.view;

import io.millrace.core.SettingException;

/**
 * A topic that a view shows.
 *
 * @param topic its name; it may come into being later
 * @param member under which the documents hold its values; not {@code key} or {@code version}
 * @param keep how many of the newest values of each key are kept, from 1 to 10,000
 */
public record ViewedTopic(String topic, String member, int keep) {

  private static final int MOST_KEPT = 10_000;

  /** Checks the ranges. */
  public ViewedTopic {
    if (topic.isEmpty()) {
      throw new SettingException("edge.views.topics.topic", "is empty", "the name of a topic");
    }
    if (member.isEmpty()
        || member.equals("key")
        || member.equals("version")
        || !member.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '"' && c != '\\')) {
      throw new SettingException(
          "edge.views.topics.member",
          "is \"" + member + "\"",
          "visible ASCII without quotes and backslashes, and not key or version");
    }
    if (keep < 1 || keep > MOST_KEPT) {
      throw new SettingException(
          "edge.views.topics.keep", "is " + keep, "a number from 1 to " + MOST_KEPT);
    }
  }
}
