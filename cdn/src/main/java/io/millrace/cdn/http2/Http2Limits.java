package io.millrace.cdn.http2;

import io.millrace.core.SettingException;
import java.time.Duration;

/**
 * What one HTTP/2 connection may take. A client that goes beyond the last two is sent
 * ENHANCE_YOUR_CALM and loses its connection.
 *
 * @param maxStreams requests under way at a time; further ones are refused, to be tried again
 * @param streamWindowBytes of a request's body that are taken before somebody wants them
 * @param connectionWindowBytes the same for all requests of the connection together
 * @param window over which the next two are counted
 * @param maxResets requests that end by a reset within a window, by either side: a request that is
 *     begun and called off costs its client nothing (CVE-2023-44487)
 * @param maxControlFrames frames within a window that move nothing: PING, SETTINGS, PRIORITY, empty
 *     DATA and unknown ones
 */
public record Http2Limits(
    int maxStreams,
    int streamWindowBytes,
    int connectionWindowBytes,
    Duration window,
    int maxResets,
    int maxControlFrames) {

  /** A field block may come in this many small CONTINUATION frames (CVE-2024-27316). */
  public static final int MAX_SMALL_CONTINUATIONS = 16;

  /** 128 streams, windows of 256 KiB and 1 MiB, 200 resets and 10,000 frames in 10 s. */
  public static final Http2Limits DEFAULT =
      new Http2Limits(128, 256 << 10, 1 << 20, Duration.ofSeconds(10), 200, 10_000);

  /** Checks the ranges. */
  public Http2Limits {
    if (maxStreams < 1 || maxStreams > 10_000) {
      throw new SettingException(
          "edge.http2.max-streams", "is " + maxStreams, "a number from 1 to 10000");
    }
    if (streamWindowBytes < 1024 || connectionWindowBytes < 65_535) {
      throw new SettingException(
          "edge.http2.stream-window",
          "is " + streamWindowBytes + " with " + connectionWindowBytes + " for the connection",
          "1024 and more, and 65535 and more");
    }
    if (window.toMillis() < 1 || maxResets < 1 || maxControlFrames < 1) {
      throw new SettingException(
          "edge.http2.max-resets", "is " + maxResets + " in " + window, "1 and more");
    }
  }

  /** With another bound of the streams of a connection. */
  public Http2Limits withMaxStreams(int streams) {
    return new Http2Limits(
        streams, streamWindowBytes, connectionWindowBytes, window, maxResets, maxControlFrames);
  }
}
