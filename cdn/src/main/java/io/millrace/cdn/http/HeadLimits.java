package io.millrace.cdn.http;

import io.millrace.core.SettingException;

/**
 * How large a message's head may be.
 *
 * @param targetBytes longest request target, or start line of a response
 * @param headBytes start line and all fields together
 * @param fieldLines most field lines
 */
public record HeadLimits(int targetBytes, int headBytes, int fieldLines) {

  /** 8 KiB, 32 KiB and 100: what common servers allow. */
  public static final HeadLimits DEFAULT = new HeadLimits(8 * 1024, 32 * 1024, 100);

  /** Checks the ranges. */
  public HeadLimits {
    if (targetBytes < 64 || headBytes < targetBytes || headBytes > 1 << 20) {
      throw new SettingException(
          "edge.limits.head-bytes",
          "is " + headBytes + " with targets of " + targetBytes + " bytes",
          "64 ≤ target bytes ≤ head bytes ≤ 1048576");
    }
    if (fieldLines < 1 || fieldLines > 10_000) {
      throw new SettingException(
          "edge.limits.field-lines", "is " + fieldLines, "a number from 1 to 10000");
    }
  }
}
