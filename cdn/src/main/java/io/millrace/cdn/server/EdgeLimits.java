package io.millrace.cdn.server;

import io.millrace.cdn.http.HeadLimits;
import io.millrace.core.SettingException;
import java.time.Duration;

/**
 * What one client, and all together, may take from the edge.
 *
 * @param maxConnections further ones are answered 503 and closed
 * @param head sizes of request heads
 * @param maxBodyBytes of a request; larger ones are answered 413
 * @param headTimeout from a head's first byte to its last, answered 408
 * @param idleTimeout between requests, after which the connection is closed
 * @param bodyTimeout between two pieces of a request's body, answered 408
 * @param writeTimeout without the client taking a byte while some wait, after which it is closed
 * @param viewerBufferBytes of events unread by a viewer, after which events are skipped for it
 * @param viewerPatience how long a viewer may stay behind before it is dropped
 * @param heartbeat between comments that keep event streams open
 */
public record EdgeLimits(
    int maxConnections,
    HeadLimits head,
    long maxBodyBytes,
    Duration headTimeout,
    Duration idleTimeout,
    Duration bodyTimeout,
    Duration writeTimeout,
    int viewerBufferBytes,
    Duration viewerPatience,
    Duration heartbeat) {

  /** 20,000 connections, bodies to 64 MiB, and times between ten seconds and a minute. */
  public static final EdgeLimits DEFAULT =
      new EdgeLimits(
          20_000,
          HeadLimits.DEFAULT,
          64L << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          64 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(15));

  /** Checks the ranges. */
  public EdgeLimits {
    if (maxConnections < 1) {
      throw new SettingException("edge.limits.connections", "is " + maxConnections, "1 and more");
    }
    if (maxBodyBytes < 0) {
      throw new SettingException("edge.limits.body-bytes", "is " + maxBodyBytes, "0 and more");
    }
    positive("head-timeout", headTimeout);
    positive("idle-timeout", idleTimeout);
    positive("body-timeout", bodyTimeout);
    positive("write-timeout", writeTimeout);
    positive("viewer-patience", viewerPatience);
    positive("heartbeat", heartbeat);
    if (viewerBufferBytes < 1024) {
      throw new SettingException(
          "edge.limits.viewer-buffer-bytes", "is " + viewerBufferBytes, "1024 and more");
    }
  }

  private static void positive(String setting, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new SettingException("edge.limits." + setting, "is " + time, "more than zero");
    }
  }
}
