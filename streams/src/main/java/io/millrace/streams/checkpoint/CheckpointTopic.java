package io.millrace.streams.checkpoint;

import io.millrace.log.Durability;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** The name and settings of the topic that holds a job's checkpoints. */
final class CheckpointTopic {

  private static final String PREFIX = "__millrace-job-";
  private static final int LONGEST_NAME = 150;
  private static final int SEGMENT_BYTES = 16 * 1024 * 1024;

  /** The largest part of an epoch, and with its header the largest batch. */
  static final int PART_BYTES = 512 * 1024;

  private CheckpointTopic() {}

  /** The job's name where that can be a topic's, else a readable form of it with a hash. */
  static String nameFor(String job) {
    String safe = job.replaceAll("[^A-Za-z0-9._-]", "_");
    if (safe.length() > LONGEST_NAME) {
      safe = safe.substring(0, LONGEST_NAME);
    }
    return PREFIX + (safe.equals(job) ? safe : safe + "-" + hash(job));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, String> settings(Durability durability) {
    return Map.of(
        "cleanup.policy",
        "delete",
        "retention.ms",
        "-1",
        "retention.bytes",
        "-1",
        "segment.bytes",
        Integer.toString(SEGMENT_BYTES),
        "max.message.bytes",
        Integer.toString(2 * PART_BYTES),
        "durability",
        durability.name().toLowerCase(Locale.ROOT));
  }
}
