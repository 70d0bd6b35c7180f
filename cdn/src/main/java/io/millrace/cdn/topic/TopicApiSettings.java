package io.millrace.cdn.topic;

import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.Set;

/**
 * What is served under one path, and what its clients may take.
 *
 * @param pathPrefix starts with a slash and does not end with one
 * @param writable whether records may be posted
 * @param topics the only topics that exist for its clients; empty for all, save internal ones
 * @param allowedOrigins whose pages may use it from a browser, such as {@code
 *     https://www.example.com}, or {@code *}; empty for pages of the same origin only
 * @param maxBodyBytes of one POST, from 1 KiB to 64 MiB
 * @param maxBytesInFlight of all bodies that are not answered yet; further ones are answered 503
 * @param maxRecords of one POST or one page, from 1
 * @param maxPageBytes after which a page ends; a single record may be larger
 * @param maxWait for which a GET may ask to wait
 * @param maxWaiting requests that wait at a time; further ones are answered 503
 * @param maxWorking requests that are read or written at a time; further ones are answered 503
 */
public record TopicApiSettings(
    String pathPrefix,
    boolean writable,
    Set<String> topics,
    Set<String> allowedOrigins,
    int maxBodyBytes,
    long maxBytesInFlight,
    int maxRecords,
    int maxPageBytes,
    Duration maxWait,
    int maxWaiting,
    int maxWorking) {

  /** Checks the ranges. */
  public TopicApiSettings {
    topics = Set.copyOf(topics);
    allowedOrigins = Set.copyOf(allowedOrigins);
    if (!pathPrefix.startsWith("/") || pathPrefix.endsWith("/")) {
      throw new SettingException(
          "edge.topics.path",
          "is \"" + pathPrefix + "\"",
          "a path that starts with a slash and does not end with one");
    }
    for (String origin : allowedOrigins) {
      if (!origin.equals("*") && !origin.matches("https?://[A-Za-z0-9.:\\[\\]-]+")) {
        throw new SettingException(
            "edge.topics.allowed-origins",
            "has \"" + origin + "\"",
            "origins such as https://www.example.com, or *");
      }
    }
    if (maxBodyBytes < 1024 || maxBodyBytes > 64 << 20) {
      throw new SettingException(
          "edge.topics.max-body-size", "is " + maxBodyBytes, "from 1KiB to 64MiB");
    }
    if (maxBytesInFlight < maxBodyBytes) {
      throw new SettingException(
          "edge.topics.max-bytes-in-flight",
          "is " + maxBytesInFlight,
          "at least max-body-size, which is " + maxBodyBytes);
    }
    if (maxRecords < 1 || maxPageBytes < 1 || maxWaiting < 1 || maxWorking < 1) {
      throw new SettingException("edge.topics", "has a limit below 1", "limits from 1");
    }
  }

  /**
   * Reading of all topics; bodies to 4 MiB, 64 MiB in flight, 10,000 records a POST or page, pages
   * of 1 MiB, waits to a minute of 10,000 clients, 256 requests at work.
   */
  public static TopicApiSettings of(String pathPrefix) {
    return new TopicApiSettings(
        pathPrefix,
        false,
        Set.of(),
        Set.of(),
        4 << 20,
        64L << 20,
        10_000,
        1 << 20,
        Duration.ofMinutes(1),
        10_000,
        256);
  }

  /** The same, and records may be posted if {@code may}. */
  public TopicApiSettings withWritable(boolean may) {
    return new TopicApiSettings(
        pathPrefix,
        may,
        topics,
        allowedOrigins,
        maxBodyBytes,
        maxBytesInFlight,
        maxRecords,
        maxPageBytes,
        maxWait,
        maxWaiting,
        maxWorking);
  }

  /** The same with only these topics, and for pages of these origins. */
  public TopicApiSettings withTopicsAndOrigins(Set<String> only, Set<String> origins) {
    return new TopicApiSettings(
        pathPrefix,
        writable,
        only,
        origins,
        maxBodyBytes,
        maxBytesInFlight,
        maxRecords,
        maxPageBytes,
        maxWait,
        maxWaiting,
        maxWorking);
  }

  /** The same with another bound of one body. */
  public TopicApiSettings withMaxBodyBytes(int bytes) {
    return new TopicApiSettings(
        pathPrefix,
        writable,
        topics,
        allowedOrigins,
        bytes,
        Math.max(maxBytesInFlight, bytes),
        maxRecords,
        maxPageBytes,
        maxWait,
        maxWaiting,
        maxWorking);
  }

  /** Whether clients may know of that topic. */
  boolean shows(String topic) {
    return topics.isEmpty() || topics.contains(topic);
  }

  /** Whether pages of that origin may use it. */
  boolean allows(String origin) {
    return allowedOrigins.contains("*") || allowedOrigins.contains(origin);
  }
}
