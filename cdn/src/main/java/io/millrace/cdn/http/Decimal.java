package io.millrace.cdn.http;

import io.netty.buffer.ByteBuf;

/** Whole numbers as ASCII digits, without a string in between. */
public final class Decimal {

  private Decimal() {}

  /** How many bytes {@link #write} writes. */
  public static int length(long number) {
    int digits = number < 0 ? 2 : 1;
    for (long left = Math.abs(number); left >= 10; left /= 10) {
      digits++;
    }
    return digits;
  }

  /** Writes a number; above {@link Long#MIN_VALUE}. */
  public static void write(long number, ByteBuf out) {
    long left = number;
    if (left < 0) {
      out.writeByte('-');
      left = -left;
    }
    long scale = 1;
    while (left / scale >= 10) {
      scale *= 10;
    }
    for (; scale > 0; scale /= 10) {
      out.writeByte((int) ('0' + left / scale % 10));
    }
  }
}
